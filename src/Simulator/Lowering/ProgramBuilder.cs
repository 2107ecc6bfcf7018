using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Lowering;

/// <summary>
/// Makes a <see cref="KernelProgram"/>: lays out registers, frames and shared memory, selects operations
/// (<see cref="InstructionSelector"/>), cuts basic blocks and finds where divergent lanes meet again.
/// </summary>
internal sealed class ProgramBuilder
{
    // CUDA's own default stack limit is 1 KiB of SASS frames; PTX frames are larger, and a limit must be found, not guessed.
    private const int RecursionStackBytes = 16 * 1024;

    private readonly PtxModule module;
    private readonly PtxFunction kernel;
    private readonly LoweringOptions options;
    private readonly Dictionary<(bool Wide, ulong Value), int> constants = [];
    private readonly Dictionary<(string, long), int> symbols = [];
    private readonly Dictionary<string, (int Offset, int Size)> shared = new(StringComparer.Ordinal);
    private readonly List<string> unranked = [];
    private int nextOffset;

    public ProgramBuilder(PtxModule module, PtxFunction kernel, LoweringOptions options)
    {
        this.module = module;
        this.kernel = kernel;
        this.options = options;
        Program = new KernelProgram(module, kernel, options);

        // Predicates live in the first 4 KiB-aligned area below; offset 0 means "no predicate", so nothing stands there.
        nextOffset = 64;
    }

    public KernelProgram Program { get; }

    public List<Instruction> Raw { get; } = [];

    public List<RawInfo> RawInfos { get; } = [];

    public List<int> Extra { get; } = [];

    public Dictionary<string, FunctionFrame> Frames { get; } = new(StringComparer.Ordinal);

    public sealed record RawInfo(PtxStatement? Statement, int[] Destinations, int[] Sources, FunctionFrame Frame);

    public List<(string Label, int RawIndex)> Labels { get; } = [];

    private readonly Dictionary<string, int> labelIds = new(StringComparer.Ordinal);
    private readonly List<int> labelRaw = [];

    public KernelProgram Build()
    {
        List<PtxFunction> reached = FindFunctions();
        LayoutShared(reached);
        AllocatePredicates(reached);
        foreach (PtxFunction f in reached)
        {
            LayoutFrame(f);
        }

        var registers = new Dictionary<PtxFunction, Dictionary<string, RegisterPlace>>();
        int number = 0;
        foreach (PtxFunction f in reached)
        {
            registers[f] = AllocateRegisters(f, ref number);
        }

        Program.RegisterCount = number;
        Program.RegisterWords = WordsByNumber(registers.Values, number);
        Program.CarryOffset = carryOffset;
        Program.TruePredicateOffset = TruePredicate;
        Program.PredicateBytes = PredicateEnd;
        Program.UsesAtomicsOrVolatile = reached.SelectMany(f => f.Statements).Any(s => s.Parts.Length > 1 && (s.Parts[0] == "atom" || (s.Parts[0] == "ld" && s.Parts.Any(p => p is "volatile" or "acquire" or "relaxed"))));
        foreach (PtxFunction f in reached)
        {
            FunctionFrame frame = Frames[f.Name];
            frame.CodeStart = Raw.Count;
            var selector = new InstructionSelector(this, f, frame, registers[f]);
            selector.Run();
        }

        LayoutStack(reached);
        Finish(reached);
        Program.Constants = [.. constants.Select(c => (c.Value, c.Key.Wide, c.Key.Value))];
        Program.SymbolConstants = [.. symbols.Select(s => (s.Value, s.Key.Item1, s.Key.Item2))];
        Program.Extra = [.. Extra];
        Program.UnrankedReads = unranked;
        Program.RegisterBytes = (nextOffset + 63) & ~63;
        Program.Functions = [.. reached.Select(f => Frames[f.Name])];
        Program.RegisterPlaces = RegisterPlaces;
        return Program;
    }

    private static byte[] WordsByNumber(IEnumerable<Dictionary<string, RegisterPlace>> functions, int registers)
    {
        byte[] words = new byte[registers];
        foreach (RegisterPlace place in functions.SelectMany(f => f.Values))
        {
            words[place.Number] = place.Type == PtxType.Pred ? (byte)0 : (byte)Math.Max(1, place.Type.Size() / 4);
        }

        return words;
    }

    public PtxModule Module => module;

    public PtxFunction Kernel => kernel;

    public void AddUnranked(string name)
    {
        if (!unranked.Contains(name))
        {
            unranked.Add(name);
        }
    }

    public int Constant(bool wide, ulong value)
    {
        value = wide ? value : (uint)value;
        if (!constants.TryGetValue((wide, value), out int offset))
        {
            offset = Row(wide);
            constants[(wide, value)] = offset;
        }

        return offset;
    }

    /// <summary>A guard that the given lanes pass: a constant's first word.</summary>
    public int LaneMask(uint lanes) => Constant(wide: false, lanes);

    public int SymbolAddress(string symbol, long addend)
    {
        if (!symbols.TryGetValue((symbol, addend), out int offset))
        {
            offset = Row(wide: true);
            symbols[(symbol, addend)] = offset;
        }

        return offset;
    }

    public int Special(string name)
    {
        if (!Program.Specials.TryGetValue(name, out int offset))
        {
            offset = Row(wide: false);
            Program.Specials[name] = offset;
        }

        return offset;
    }

    public int Row(bool wide)
    {
        int offset = (nextOffset + 63) & ~63;
        nextOffset = offset + (wide ? 256 : 128);
        return offset;
    }

    public bool TryShared(string name, out int offset)
    {
        bool found = shared.TryGetValue(name, out (int Offset, int Size) v);
        offset = v.Offset;
        return found;
    }

    public int Label(string name)
    {
        if (!labelIds.TryGetValue(name, out int id))
        {
            id = labelRaw.Count;
            labelIds[name] = id;
            labelRaw.Add(-1);
        }

        return id;
    }

    public void Place(string label) => labelRaw[Label(label)] = Raw.Count;

    public static void LayoutSlots(PtxFunction f, Dictionary<string, int> slots, out int bytes)
    {
        int at = 0;
        foreach (PtxParameter p in f.Returns.Concat(f.Parameters))
        {
            at = (at + p.Alignment - 1) & -p.Alignment;
            slots[p.Name] = at;
            at += Math.Max(4, p.Size);
        }

        bytes = (at + 15) & ~15;
    }

    private List<PtxFunction> FindFunctions()
    {
        var byName = module.Functions.ToDictionary(f => f.Name, StringComparer.Ordinal);
        var reached = new List<PtxFunction> { kernel };
        var seen = new HashSet<string>(StringComparer.Ordinal) { kernel.Name };
        var calls = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        for (int i = 0; i < reached.Count; i++)
        {
            PtxFunction f = reached[i];
            var callees = new HashSet<string>(StringComparer.Ordinal);
            calls[f.Name] = callees;
            foreach (PtxStatement s in f.Statements)
            {
                foreach (PtxOperand o in s.Operands)
                {
                    // A function's name in a mov is an address taken: it may be called indirectly from anywhere.
                    if (o.Kind == PtxOperandKind.Symbol && byName.TryGetValue(o.Name, out PtxFunction? g))
                    {
                        callees.Add(g.Name);
                        if (seen.Add(g.Name))
                        {
                            reached.Add(g);
                        }
                    }
                }

                if (s.Parts.Length > 0 && s.Parts[0] == "call" && !s.Operands.Any(o => o.Kind == PtxOperandKind.Symbol && (byName.ContainsKey(o.Name) || module.ExternFunctions.Any(e => e.Name == o.Name))))
                {
                    // Indirect: every function whose address stands in an initialiser may be meant.
                    foreach (PtxRelocation r in module.Globals.SelectMany(v => v.Relocations))
                    {
                        if (byName.TryGetValue(r.Symbol, out PtxFunction? g) && seen.Add(g.Name))
                        {
                            reached.Add(g);
                            callees.Add(g.Name);
                        }
                    }

                    foreach (PtxFunction g in reached.ToArray())
                    {
                        if (g != kernel)
                        {
                            callees.Add(g.Name);
                        }
                    }
                }
            }
        }

        foreach (PtxFunction f in reached)
        {
            var frame = new FunctionFrame { Function = f, Index = Frames.Count };
            Frames[f.Name] = frame;
            frame.Recursive = Reaches(f.Name, f.Name, calls);
            Program.HasRecursion |= frame.Recursive;
        }

        callGraph = calls;
        return reached;
    }

    private Dictionary<string, HashSet<string>> callGraph = [];

    private static bool Reaches(string from, string to, Dictionary<string, HashSet<string>> calls)
    {
        var stack = new Stack<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        stack.Push(from);
        while (stack.TryPop(out string? at))
        {
            foreach (string callee in calls[at])
            {
                if (callee == to)
                {
                    return true;
                }

                if (seen.Add(callee))
                {
                    stack.Push(callee);
                }
            }
        }

        return false;
    }

    private void LayoutShared(List<PtxFunction> reached)
    {
        int at = 0;
        IEnumerable<PtxVariable> variables = module.Globals.Where(v => v.Space == PtxSpace.Shared)
            .Concat(reached.SelectMany(f => f.Variables.Values).Where(v => v.Space == PtxSpace.Shared));
        var unsized = new List<PtxVariable>();
        var used = reached.SelectMany(f => f.Statements).SelectMany(s => s.Operands).SelectMany(Flatten).Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        foreach (PtxVariable v in variables)
        {
            if (v.Size == 0 || v.IsExtern)
            {
                unsized.Add(v);
                continue;
            }

            if (!used.Contains(v.Name))
            {
                continue;
            }

            long start = ((long)at + v.Alignment - 1) & -v.Alignment;
            if (start + v.Size > 16 << 20)
            {
                throw new UnsupportedInstructionException($".shared {v.Name}[{v.Size}]", 0, 0, "more than 16 MiB of shared memory");
            }

            shared[v.Name] = ((int)start, (int)v.Size);
            Program.SharedVariables.Add(new SharedVariable(Demangle(v.Name), (int)start, (int)v.Size, v.ElementBytes));
            at = (int)(start + v.Size);
        }

        Program.StaticSharedBytes = at;
        int dynamicStart = (at + 15) & ~15;
        foreach (PtxVariable v in unsized)
        {
            dynamicStart = Math.Max(dynamicStart, (at + v.Alignment - 1) & -v.Alignment);
        }

        foreach (PtxVariable v in unsized)
        {
            shared[v.Name] = (dynamicStart, 0);
            if (used.Contains(v.Name))
            {
                Program.StaticSharedBytes = at == 0 ? 0 : dynamicStart;
                Program.SharedVariables.Add(new SharedVariable(Demangle(v.Name), dynamicStart, 0, v.ElementBytes));
            }
        }
    }

    private static IEnumerable<PtxOperand> Flatten(PtxOperand o) => o.Parts.Count == 0 ? [o] : o.Parts.SelectMany(Flatten).Append(o);

    /// <summary>The innermost name of a mangled local: <c>_ZZ12matmul_tiledE2as</c> is <c>as</c>.</summary>
    internal static string Demangle(string name)
    {
        if (!name.StartsWith("_Z", StringComparison.Ordinal))
        {
            return name;
        }

        string last = name;
        int i = name.StartsWith("_ZZ", StringComparison.Ordinal) ? Math.Max(2, name.LastIndexOf('E') + 1) : 2;
        while (i < name.Length)
        {
            if (!char.IsAsciiDigit(name[i]))
            {
                i++;
                continue;
            }

            int n = 0;
            while (i < name.Length && char.IsAsciiDigit(name[i]) && n < 10000)
            {
                n = (n * 10) + name[i++] - '0';
            }

            if (n == 0 || i + n > name.Length)
            {
                break;
            }

            last = name.Substring(i, n);
            i += n;
        }

        return last;
    }

    private readonly Dictionary<(PtxFunction, string), int> predicates = [];
    private int carryOffset;

    private void AllocatePredicates(List<PtxFunction> reached)
    {
        // 4 bytes each: one bit a lane.
        carryOffset = nextOffset;
        nextOffset += 4;
        foreach (PtxFunction f in reached)
        {
            foreach (PtxRegister r in f.Registers.Values)
            {
                if (r.Type == PtxType.Pred)
                {
                    predicates[(f, r.Name)] = nextOffset;
                    nextOffset += 4;
                }
            }
        }

        TruePredicate = nextOffset;
        FalsePredicate = nextOffset + 4;
        nextOffset += 8;
        PredicateEnd = nextOffset;
    }

    public int TruePredicate { get; private set; }

    public int FalsePredicate { get; private set; }

    public int PredicateEnd { get; private set; }

    private Dictionary<string, RegisterPlace> AllocateRegisters(PtxFunction f, ref int number)
    {
        var used = f.Statements.SelectMany(s => s.Operands).SelectMany(Flatten).Select(o => o.Name)
            .Concat(f.Statements.Select(s => s.Guard ?? "")).ToHashSet(StringComparer.Ordinal);
        var map = new Dictionary<string, RegisterPlace>(StringComparer.Ordinal);
        FunctionFrame frame = Frames[f.Name];
        nextOffset = (nextOffset + 63) & ~63;
        frame.RegisterStart = nextOffset;
        foreach (PtxRegister r in f.Registers.Values)
        {
            if (!used.Contains(r.Name))
            {
                continue;
            }

            int offset = r.Type == PtxType.Pred ? predicates[(f, r.Name)] : Row(r.Type.Size() >= 8);
            map[r.Name] = new RegisterPlace(offset, r.Type, number++);
            if (r.Type != PtxType.Pred)
            {
                frame.Rows.Add((offset, r.Type.Size() >= 8));
            }

            if (r.Type == PtxType.B128)
            {
                // Two rows, the lower half first.
                frame.Rows.Add((Row(wide: true), true));
            }

        }

        nextOffset = (nextOffset + 63) & ~63;
        frame.RegisterEnd = nextOffset;
        return map;
    }

    private void LayoutFrame(PtxFunction f)
    {
        FunctionFrame frame = Frames[f.Name];
        int at = 0;
        if (!f.IsKernel)
        {
            LayoutSlots(f, frame.Slots, out at);
        }

        foreach (PtxVariable v in f.Variables.Values)
        {
            if (v.Space == PtxSpace.Local)
            {
                at = (at + v.Alignment - 1) & -v.Alignment;
                frame.Slots[v.Name] = at;
                if (v.Size > 512 * 1024)
                {
                    throw new UnsupportedInstructionException($".local {v.Name}[{v.Size}]", 0, 0, "more than 512 KiB of local memory");
                }

                at += (int)v.Size;
            }
        }

        frame.FrameBytes = (at + 15) & ~15;
    }

    private void LayoutStack(List<PtxFunction> reached)
    {
        if (Program.HasRecursion)
        {
            Program.LocalBytes = RecursionStackBytes + reached.Sum(f => Frames[f.Name].FrameBytes);
            return;
        }

        var depth = new Dictionary<string, int>(StringComparer.Ordinal);
        int Depth(string name)
        {
            if (!depth.TryGetValue(name, out int d))
            {
                d = Frames[name].FrameBytes + callGraph[name].Select(Depth).DefaultIfEmpty(0).Max();
                depth[name] = d;
            }

            return d;
        }

        // Calls of externs put their arguments behind the frame.
        Program.LocalBytes = Depth(kernel.Name) + (reached.Any(f => f.Statements.Any(s => s.Parts.Length > 0 && s.Parts[0] == "call")) ? 128 : 0);
    }

    /// <summary>Cuts blocks, finds post-dominators, inserts the convergence points and fixes branch targets.</summary>
    private void Finish(List<PtxFunction> reached)
    {
        int n = Raw.Count;
        var leader = new bool[n + 1];
        leader[n] = true;
        foreach (PtxFunction f in reached)
        {
            leader[Frames[f.Name].CodeStart] = true;
        }

        for (int i = 0; i < labelRaw.Count; i++)
        {
            if (labelRaw[i] < 0)
            {
                string label = LabelName(i);
                int line = RawInfos.FirstOrDefault(r => r.Statement?.Operands.Any(o => o.Name == label) == true)?.Statement?.Line ?? 1;
                throw new PtxSyntaxException(line, 1, $"label '{label}' is used but stands nowhere");
            }

            leader[labelRaw[i]] = true;
        }

        for (int i = 0; i < n; i++)
        {
            if (Raw[i].Op is Op.Bra or Op.BraCond or Op.BrxIdx or Op.Exit or Op.Ret or Op.Trap)
            {
                leader[i + 1] = true;
            }
        }

        RequireTargetsInside(n);
        var blockOf = new int[n + 1];
        var starts = new List<int>();
        for (int i = 0; i < n; i++)
        {
            if (leader[i])
            {
                starts.Add(i);
            }

            blockOf[i] = starts.Count - 1;
        }

        blockOf[n] = starts.Count;
        var ends = new List<int>();
        for (int b = 0; b < starts.Count; b++)
        {
            ends.Add(b + 1 < starts.Count ? starts[b + 1] : n);
        }

        var successors = new List<List<int>>();
        for (int b = 0; b < starts.Count; b++)
        {
            var list = new List<int>();
            Instruction last = Raw[ends[b] - 1];
            bool falls = true;
            switch (last.Op)
            {
                case Op.Bra:
                    AddOnce(list, blockOf[labelRaw[(int)last.Imm]]);
                    falls = false;
                    break;
                case Op.BraCond:
                    AddOnce(list, blockOf[labelRaw[(int)last.Imm]]);
                    break;
                case Op.BrxIdx:
                    for (int k = 0; k < last.D2; k++)
                    {
                        AddOnce(list, blockOf[labelRaw[Extra[last.C + k]]]);
                    }

                    falls = false;
                    break;
                case Op.Exit or Op.Ret or Op.Trap:
                    falls = last.Guard != 0;
                    break;
            }

            if (falls)
            {
                if (b + 1 >= starts.Count || RawInfos[starts[b + 1]].Frame != RawInfos[starts[b]].Frame)
                {
                    // Control must not run off a function's end: the parser's text had no ret there.
                    PtxStatement? s = RawInfos[ends[b] - 1].Statement;
                    throw new PtxSyntaxException(s?.Line ?? 1, 1, "control runs off the end of the function");
                }

                AddOnce(list, b + 1);
            }

            successors.Add(list);
        }

        int[] ipdom = ControlFlow.PostDominators(successors);
        var converges = new bool[starts.Count];
        for (int b = 0; b < starts.Count; b++)
        {
            // Where nothing is left to do but exit, nobody waits for anybody.
            if (ipdom[b] >= 0 && Raw[starts[ipdom[b]]] is { Op: Op.Exit, Guard: 0 })
            {
                ipdom[b] = -1;
            }

            if (Raw[ends[b] - 1].Op is Op.BraCond or Op.BrxIdx && ipdom[b] >= 0)
            {
                converges[ipdom[b]] = true;
            }
        }

        // Final places.
        var code = new List<Instruction>(n + starts.Count);
        var instructionOf = new List<int>();
        var blockAt = new List<int>();
        var codeOf = new int[n + 1];
        var blockCode = new int[starts.Count];
        var infos = new List<InstructionInfo>();
        var blockFirst = new int[starts.Count];
        for (int i = 0; i < n; i++)
        {
            if (leader[i])
            {
                blockCode[blockOf[i]] = code.Count;
                blockFirst[blockOf[i]] = infos.Count;
                if (converges[blockOf[i]])
                {
                    code.Add(new Instruction { Op = Op.Converge });
                    instructionOf.Add(-1);
                    blockAt.Add(blockOf[i]);
                }
            }

            codeOf[i] = code.Count;
            if (leader[i] && !converges[blockOf[i]])
            {
                blockAt.Add(blockOf[i]);
            }
            else
            {
                blockAt.Add(-1);
            }

            code.Add(Raw[i]);
            RawInfo info = RawInfos[i];
            if (info.Statement is { } s)
            {
                instructionOf.Add(infos.Count);
                infos.Add(new InstructionInfo(infos.Count, s.Opcode, s.Line, s.SourceLine, blockOf[i], info.Destinations, info.Sources));
            }
            else
            {
                instructionOf.Add(-1);
            }
        }

        codeOf[n] = code.Count;
        int CodeOfLabel(int id) => blockCode[blockOf[labelRaw[id]]];
        Instruction[] final = [.. code];
        for (int i = 0; i < n; i++)
        {
            ref Instruction ins = ref final[codeOf[i]];
            int meet = ipdom[blockOf[i]];
            switch (ins.Op)
            {
                case Op.Bra:
                    ins.Imm = CodeOfLabel((int)ins.Imm);
                    break;
                case Op.BraCond:
                    ins.Imm = CodeOfLabel((int)ins.Imm);
                    ins.D = meet >= 0 ? blockCode[meet] : -1;
                    break;
                case Op.BrxIdx:
                    ins.D = meet >= 0 ? blockCode[meet] : -1;
                    for (int k = 0; k < ins.D2; k++)
                    {
                        Extra[ins.C + k] = CodeOfLabel(Extra[ins.C + k]);
                    }

                    break;
            }
        }

        foreach (PtxFunction f in reached)
        {
            FunctionFrame frame = Frames[f.Name];
            frame.CodeStart = blockCode[blockOf[frame.CodeStart]];
        }

        var blocks = new List<BasicBlock>();
        for (int b = 0; b < starts.Count; b++)
        {
            int end = b + 1 < starts.Count ? blockFirst[b + 1] : infos.Count;
            blocks.Add(new BasicBlock(b, blockFirst[b], end - blockFirst[b], ipdom[b], successors[b]));
        }

        Program.Code = final;
        Program.InstructionOf = [.. instructionOf];
        Program.BlockAt = [.. blockAt];
        Program.Instructions = infos;
        Program.BasicBlocks = blocks;
        FindUndefined(starts, ends, successors);
    }

    /// <summary>A label as the text has it, without its function.</summary>
    private string LabelName(int id) => labelIds.First(l => l.Value == id).Key.Split('/', 2)[1];

    /// <summary>A label behind a function's last instruction leads nowhere, or into the next function.</summary>
    private void RequireTargetsInside(int n)
    {
        for (int i = 0; i < n; i++)
        {
            int first = Raw[i].Op == Op.BrxIdx ? Raw[i].C : 0;
            int count = Raw[i].Op switch { Op.Bra or Op.BraCond => 1, Op.BrxIdx => Raw[i].D2, _ => 0 };
            for (int k = 0; k < count; k++)
            {
                int id = Raw[i].Op == Op.BrxIdx ? Extra[first + k] : (int)Raw[i].Imm;
                if (labelRaw[id] >= n || RawInfos[labelRaw[id]].Frame != RawInfos[i].Frame)
                {
                    throw new PtxSyntaxException(RawInfos[i].Statement?.Line ?? 1, 1, $"a branch to label '{LabelName(id)}', behind which the function has no instruction");
                }
            }
        }
    }

    private static void AddOnce(List<int> list, int value)
    {
        if (!list.Contains(value))
        {
            list.Add(value);
        }
    }

    public Dictionary<int, (int Offset, int Bytes)> RegisterPlaces { get; } = [];

    /// <summary>Live-in analysis: what is live at a function's entry may be read before it is written.</summary>
    private void FindUndefined(List<int> starts, List<int> ends, List<List<int>> successors)
    {
        int blocks = starts.Count;
        var use = new HashSet<int>[blocks];
        var define = new HashSet<int>[blocks];
        for (int b = 0; b < blocks; b++)
        {
            use[b] = [];
            define[b] = [];
            for (int i = starts[b]; i < ends[b]; i++)
            {
                foreach (int s in RawInfos[i].Sources)
                {
                    if (!define[b].Contains(s))
                    {
                        use[b].Add(s);
                    }
                }

                if (Raw[i].Guard == 0)
                {
                    foreach (int d in RawInfos[i].Destinations)
                    {
                        define[b].Add(d);
                    }
                }
            }
        }

        var live = new HashSet<int>[blocks];
        for (int b = 0; b < blocks; b++)
        {
            live[b] = [.. use[b]];
        }

        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int b = blocks - 1; b >= 0; b--)
            {
                foreach (int s in successors[b])
                {
                    foreach (int r in live[s])
                    {
                        if (!define[b].Contains(r) && live[b].Add(r))
                        {
                            changed = true;
                        }
                    }
                }
            }
        }

        var undefined = new HashSet<int>();
        var entries = Frames.Values.Select(f => f.CodeStart).ToHashSet();
        for (int b = 0; b < blocks; b++)
        {
            int code = Array.IndexOf(Program.BlockAt, b);
            if (entries.Contains(code))
            {
                undefined.UnionWith(live[b]);
            }
        }

        Program.MaybeUndefined = [.. undefined.Where(RegisterPlaces.ContainsKey).Select(r => RegisterPlaces[r])];
    }
}

/// <summary>A register's place in the warp's file, its declared type, and its number in <see cref="InstructionInfo"/>.</summary>
internal readonly record struct RegisterPlace(int Offset, PtxType Type, int Number)
{
    public bool Wide => Type.Size() == 8;
}
