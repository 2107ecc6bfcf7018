using System.Collections;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Compilation;

/// <summary>A stretch of a kernel's code that is entered at its start only: a basic block, or a part of one between instructions that are not compiled.</summary>
internal sealed class Segment
{
    public required int Index { get; init; }

    /// <summary>Code index of its first instruction, the convergence point included.</summary>
    public required int Start { get; init; }

    /// <summary>Behind its last instruction.</summary>
    public required int End { get; init; }

    /// <summary>One instruction that the interpreter executes.</summary>
    public required bool Interpreted { get; init; }

    public bool Converges { get; init; }

    public List<int> Successors { get; } = [];

    public BitArray LiveIn { get; set; } = null!;

    /// <summary>Rows that lanes waiting elsewhere still need while this segment runs.</summary>
    public BitArray? Kept { get; set; }

    /// <summary>Rows that keep other lanes' values where this segment writes them.</summary>
    public HashSet<int> Blended { get; } = [];

    /// <summary>Convergence points (segments) whose lanes may wait while this segment runs, innermost first.</summary>
    public List<int> Meetings { get; } = [];
}

/// <summary>A register of the program.</summary>
internal readonly record struct Row(int Offset, bool Predicate, bool Wide);

/// <summary>A kernel's segments and registers, and which registers each instruction reads and writes.</summary>
internal sealed class SegmentGraph
{
    private readonly KernelProgram program;
    private readonly Dictionary<int, int> rowOf = [];
    private readonly int[] segmentAt;

    // A change between compiled code and the interpreter costs as much as so many instructions in the interpreter.
    private const int ShortestRun = 16;

    public SegmentGraph(KernelProgram program, VectorSet vectors, bool everything)
    {
        this.program = program;
        Length = program.Functions.Select(f => f.CodeStart).Where(start => start > 0).DefaultIfEmpty(program.Code.Length).Min();
        Uses = new int[Length][];
        Definitions = new int[Length][];
        Compiled = new bool[Length];
        foreach ((int offset, int bytes) in program.RegisterPlaces.Values)
        {
            AddRow(offset, bytes == 4, bytes == 256);
        }

        for (int i = 0; i < Length; i++)
        {
            ref readonly Instruction ins = ref program.Code[i];
            Compiled[i] = ins.Op == Op.Converge || OpFacts.IsCompiled(ins, vectors);

            // Address registers and the like that lowering made for itself.
            if (program.InstructionOf[i] < 0 && (OpFacts.Arity(ins.Op) > 0 || ins.Op == Op.FrameAddress))
            {
                AddRow(ins.D, predicate: false, ins.Op == Op.FrameAddress || OpFacts.WideResult(ins));
            }
        }

        if (!everything)
        {
            LeaveShortRuns();
        }

        for (int i = 0; i < Length; i++)
        {
            ReadOperands(i);
        }

        segmentAt = new int[Length + 1];
        Cut();
        for (int i = 0; i < Segments.Count; i++)
        {
            Connect(Segments[i]);
        }
    }

    /// <summary>Instructions of the kernel itself; device functions stand behind them.</summary>
    public int Length { get; }

    public List<Row> Rows { get; } = [];

    public List<Segment> Segments { get; } = [];

    public int[][] Uses { get; }

    public int[][] Definitions { get; }

    public bool[] Compiled { get; }

    /// <summary>The segment that begins at a code index.</summary>
    public Segment At(int code) => Segments[segmentAt[code]];

    /// <summary>Number of the register at an offset, or -1: a constant, a special register, or none.</summary>
    public int RowAt(int offset) => rowOf.GetValueOrDefault(offset, -1);

    private void AddRow(int offset, bool predicate, bool wide)
    {
        if (rowOf.TryAdd(offset, Rows.Count))
        {
            Rows.Add(new Row(offset, predicate, wide));
        }
    }

    /// <summary>Leaves to the interpreter what stands between instructions that are its own anyway, unless it is long.</summary>
    private void LeaveShortRuns()
    {
        int start = 0;
        for (int i = 1; i <= Length; i++)
        {
            if (i < Length && program.BlockAt[i] < 0 && Compiled[i] == Compiled[start])
            {
                continue;
            }

            bool before = program.BlockAt[start] < 0;
            bool behind = i < Length && program.BlockAt[i] < 0;
            if (Compiled[start] && (before || behind) && i - start < ShortestRun)
            {
                Array.Fill(Compiled, false, start, i - start);
            }

            start = i;
        }
    }

    private void ReadOperands(int code)
    {
        ref readonly Instruction ins = ref program.Code[code];
        var uses = new List<int>();
        var definitions = new List<int>();
        void Use(int offset)
        {
            if (rowOf.TryGetValue(offset, out int row) && !uses.Contains(row))
            {
                uses.Add(row);
            }
        }

        void Define(int offset)
        {
            if (rowOf.TryGetValue(offset, out int row) && !definitions.Contains(row))
            {
                definitions.Add(row);
            }
        }

        Use(Math.Abs(ins.Guard));
        int arity = OpFacts.Arity(ins.Op);
        if (ins.Op == Op.Converge)
        {
            // Reads and writes nothing.
        }
        else if (!Compiled[code])
        {
            // Reads may be too many here, never writes.
            Use(ins.A);
            Use(ins.B);
            Use(ins.C);
            Use(ins.D2);
            Use((int)ins.Imm);
            int number = program.InstructionOf[code];
            if (number >= 0)
            {
                foreach (int register in program.Instructions[number].Sources)
                {
                    Use(program.RegisterPlaces[register].Offset);
                }

                foreach (int register in program.Instructions[number].Destinations)
                {
                    Define(program.RegisterPlaces[register].Offset);
                }
            }
            else
            {
                Define(ins.D);
            }
        }
        else if (arity > 0)
        {
            Use(ins.A);
            if (arity > 1)
            {
                Use(ins.B);
            }

            if (arity > 2)
            {
                Use(ins.C);
            }

            Define(ins.D);
        }
        else if (OpFacts.IsSetp(ins.Op) || OpFacts.IsPredicateLogic(ins.Op))
        {
            Use(ins.A);
            if (ins.Op is not (Op.NotPred or Op.MovPred))
            {
                Use(ins.B);
            }

            if (OpFacts.IsSetp(ins.Op) && (ins.Mod & Mod.BoolMask) != 0)
            {
                Use(ins.C);
            }

            Define(ins.D);
            if (OpFacts.IsSetp(ins.Op))
            {
                Define(ins.D2);
            }
        }
        else if (OpFacts.IsLoad(ins.Op))
        {
            Use(ins.A);
            for (int k = 0; k < ins.D2; k++)
            {
                Define(program.Extra[ins.C + k]);
            }
        }
        else if (OpFacts.IsStore(ins.Op))
        {
            Use(ins.A);
            for (int k = 0; k < ins.D2; k++)
            {
                Use(program.Extra[ins.C + k]);
            }
        }
        else
        {
            switch (ins.Op)
            {
                case Op.Selp32 or Op.Selp64:
                    Use(ins.A);
                    Use(ins.B);
                    Use(ins.C);
                    Define(ins.D);
                    break;
                case Op.LdParam:
                    Define(ins.D);
                    break;
                case Op.BraCond:
                    Use(ins.A);
                    break;
                case Op.Shfl:
                    Use(ins.A);
                    Use(ins.B);
                    Use(ins.C);
                    Use((int)ins.Imm);
                    Define(ins.D);
                    Define(ins.D2);
                    break;
                case Op.Vote:
                    Use(ins.A);
                    Use((int)ins.Imm);
                    Define(ins.D);
                    break;
                case Op.BarSync:
                    Use(ins.A);
                    Use(ins.B);
                    break;
                case Op.Atom:
                    Use(ins.A);
                    Use(ins.B);
                    Define(ins.D);
                    break;
            }
        }

        Uses[code] = [.. uses];
        Definitions[code] = [.. definitions];
    }

    private void Cut()
    {
        int start = 0;
        while (start < Length)
        {
            int end = start + 1;
            bool interpreted = !Compiled[start];
            if (!interpreted && !Ends(start))
            {
                while (end < Length && Compiled[end] && program.BlockAt[end] < 0)
                {
                    end++;
                    if (Ends(end - 1))
                    {
                        break;
                    }
                }
            }

            for (int i = start; i < end; i++)
            {
                segmentAt[i] = Segments.Count;
            }

            Segments.Add(new Segment
            {
                Index = Segments.Count, Start = start, End = end, Interpreted = interpreted, Converges = program.Code[start].Op == Op.Converge,
            });
            start = end;
        }
    }

    private bool Ends(int code) => program.Code[code].Op is Op.Bra or Op.BraCond or Op.Exit or Op.BarSync;

    private void Connect(Segment segment)
    {
        ref readonly Instruction last = ref program.Code[segment.End - 1];
        bool falls = segment.End < Length;
        switch (last.Op)
        {
            case Op.Bra:
                segment.Successors.Add(segmentAt[(int)last.Imm]);
                falls = false;
                break;
            case Op.BraCond:
                segment.Successors.Add(segmentAt[(int)last.Imm]);
                break;
            case Op.BrxIdx:
                for (int k = 0; k < last.D2; k++)
                {
                    segment.Successors.Add(segmentAt[program.Extra[last.C + k]]);
                }

                falls = false;
                break;
            case Op.Exit or Op.Trap:
                falls &= last.Guard != 0;
                break;
        }

        if (falls)
        {
            segment.Successors.Add(segment.Index + 1);
        }
    }
}
