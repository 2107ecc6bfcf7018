using System.Buffers.Binary;
using System.Globalization;

namespace KernelForge.Simulator.Parsing;

/// <summary>
/// Recursive descent over PTX as NVRTC and inline assembly write it (PTX ISA §4). Names declared in nested scopes are made
/// unique here, so that later stages see one flat name space a function.
/// </summary>
internal sealed class PtxParser
{
    private readonly string text;
    private readonly Token[] tokens;
    private int position;

    private readonly List<PtxFunction> kernels = [];
    private readonly List<PtxFunction> functions = [];
    private readonly List<PtxFunction> externFunctions = [];
    private readonly List<PtxVariable> globals = [];
    private readonly List<string> externs = [];
    private readonly Dictionary<int, string> files = [];

    // One dictionary a scope: declared name to unique name.
    private readonly List<Dictionary<string, string>> scopes = [];
    private readonly Dictionary<(int File, int Line, int Column), int> inlineLines = [];
    private int scopeCount;
    private int nesting;
    private int sourceLine;

    public PtxParser(string text)
    {
        this.text = text;
        tokens = PtxLexer.Read(text);
    }

    private Token Current => tokens[position];

    public PtxModule ParseModule()
    {
        string version = "", target = "";
        while (Current.Kind != TokenKind.End)
        {
            if (Current.Kind != TokenKind.Directive)
            {
                throw Error("a directive was expected");
            }

            string directive = TextOf(Current);
            switch (directive)
            {
                case ".version":
                    position++;
                    version = TextOf(Next());
                    break;
                case ".target":
                    position++;
                    target = TextOf(Next());
                    while (Is(","))
                    {
                        position++;
                        Next();
                    }

                    break;
                case ".address_size":
                    position++;
                    if (TextOf(Next()) != "64")
                    {
                        position--;
                        throw Error("only 64-bit addresses are known");
                    }

                    break;
                case ".file":
                    ParseFile();
                    break;
                case ".section":
                    position++;
                    while (Current.Kind != TokenKind.End && !Is("{"))
                    {
                        position++;
                    }

                    SkipBraces();
                    break;
                case ".pragma":
                    SkipTo(";");
                    break;
                case ".alias":
                    throw Error("aliases are not known");
                default:
                    ParseDeclaration();
                    break;
            }
        }

        if (version.Length == 0)
        {
            throw new PtxSyntaxException(1, 1, "no .version directive: this is not PTX");
        }

        return new PtxModule
        {
            Version = version,
            Target = target,
            Kernels = kernels,
            Functions = functions,
            ExternFunctions = externFunctions,
            Globals = globals,
            Externs = externs,
            Files = files,
        };
    }

    private void ParseFile()
    {
        position++;
        int index = (int)ParseInteger();
        Token name = Next();
        if (name.Kind != TokenKind.Text)
        {
            position--;
            throw Error("a file name was expected");
        }

        files[index] = text.Substring(name.Start + 1, name.Length - 2);
        while (Is(","))
        {
            position++;
            ParseInteger();
        }
    }

    private void ParseDeclaration()
    {
        bool isExtern = false;
        while (Current.Kind == TokenKind.Directive && TextOf(Current) is ".visible" or ".extern" or ".weak" or ".common")
        {
            isExtern |= TextOf(Current) == ".extern";
            position++;
        }

        switch (TextOf(Current))
        {
            case ".entry":
                position++;
                ParseFunction(isKernel: true, isExtern);
                break;
            case ".func":
                position++;
                ParseFunction(isKernel: false, isExtern);
                break;
            case ".global" or ".const" or ".shared":
                foreach (PtxVariable variable in ParseVariables(isExtern, scoped: false))
                {
                    globals.Add(variable);
                    if (isExtern && variable.Space != PtxSpace.Shared)
                    {
                        externs.Add(variable.Name);
                    }
                }

                break;
            default:
                throw Error($"'{Clip(TextOf(Current))}' is not a known directive here");
        }
    }

    private void ParseFunction(bool isKernel, bool isExtern)
    {
        IReadOnlyList<PtxParameter> returns = [];
        while (Current.Kind == TokenKind.Directive && TextOf(Current) is ".noreturn" or ".attribute")
        {
            position++;
        }

        if (Is("("))
        {
            returns = ParseParameterList();
        }

        string name = Name();
        IReadOnlyList<PtxParameter> parameters = Is("(") ? ParseParameterList() : [];
        var function = new PtxFunction { Name = name, IsKernel = isKernel, Parameters = parameters, Returns = returns };
        while (Current.Kind == TokenKind.Directive)
        {
            string directive = TextOf(Current);
            switch (directive)
            {
                case ".maxntid" or ".reqntid" or ".reqnctapercluster":
                    position++;
                    int[] sizes = [1, 1, 1];
                    for (int k = 0; ; k++)
                    {
                        long n = ParseInteger();
                        if (k < 3)
                        {
                            sizes[k] = (int)n;
                        }

                        if (!Is(","))
                        {
                            break;
                        }

                        position++;
                    }

                    if (directive == ".maxntid")
                    {
                        function.MaxThreads = (sizes[0], sizes[1], sizes[2]);
                    }
                    else if (directive == ".reqntid")
                    {
                        function.RequiredThreads = (sizes[0], sizes[1], sizes[2]);
                    }
                    else
                    {
                        function.RequiredCluster = (sizes[0], sizes[1], sizes[2]);
                    }

                    break;
                case ".minnctapersm":
                    position++;
                    function.MinBlocksPerSm = (int)ParseInteger();
                    break;
                case ".maxnreg" or ".maxnctapersm" or ".maxclusterrank":
                    position++;
                    ParseInteger();
                    break;
                case ".noreturn" or ".explicitcluster":
                    position++;
                    break;
                case ".pragma":
                    SkipTo(";");
                    break;
                default:
                    throw Error($"'{Clip(directive)}' is not a known performance directive");
            }
        }

        if (Is("{"))
        {
            if (kernels.Concat(functions).Any(known => known.Name == name))
            {
                throw Error($"function '{Clip(name)}' has a body already");
            }

            scopes.Clear();
            sourceLine = 0;
            inlineLines.Clear();
            var outer = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (PtxParameter p in parameters.Concat(returns))
            {
                outer[p.Name] = p.Name;
            }

            scopes.Add(outer);
            function.HasBody = true;
            ParseBody(function);
            scopes.Clear();
            (isKernel ? kernels : functions).Add(function);
        }
        else
        {
            Expect(";");
            if (isExtern)
            {
                externs.Add(name);
                externFunctions.Add(function);
            }
        }
    }

    private List<PtxParameter> ParseParameterList()
    {
        Expect("(");
        var list = new List<PtxParameter>();
        int offset = 0;
        while (!Is(")"))
        {
            if (Current.Kind == TokenKind.Directive && TextOf(Current) is ".param" or ".reg")
            {
                position++;
            }
            else
            {
                throw Error("'.param' was expected");
            }

            int alignment = 0;
            PtxType type = PtxType.None;
            while (Current.Kind == TokenKind.Directive)
            {
                string d = TextOf(Current);
                position++;
                if (d == ".align")
                {
                    alignment = (int)ParseInteger();
                }
                else if (d == ".ptr")
                {
                    // .ptr .space .align N: facts about what the pointer points to
                    while (Current.Kind == TokenKind.Directive)
                    {
                        bool align = TextOf(Current) == ".align";
                        position++;
                        if (align)
                        {
                            ParseInteger();
                        }
                    }
                }
                else if (PtxTypeFacts.Parse(d[1..]) is var t and not PtxType.None)
                {
                    type = t;
                }
                else
                {
                    position--;
                    throw Error($"'{Clip(d)}' is not a type");
                }
            }

            if (type == PtxType.None)
            {
                throw Error("a type was expected");
            }

            string name = Name();
            long size = type.Size();
            if (Is("["))
            {
                position++;
                size *= Is("]") ? 0 : ParseInteger();
                Expect("]");
            }

            if (size is < 0 or > 65536 || alignment is < 0 or > 4096 || (alignment & (alignment - 1)) != 0)
            {
                throw Error("a parameter of impossible size or alignment");
            }

            alignment = Math.Max(alignment, type.Size());
            offset = (offset + alignment - 1) & -alignment;
            list.Add(new PtxParameter(name, type, (int)size, alignment, offset));
            offset += (int)size;
            if (Is(","))
            {
                position++;
            }
            else if (!Is(")"))
            {
                throw Error("',' or ')' was expected");
            }
        }

        Expect(")");
        return list;
    }

    /// <summary>A variable declaration after its linkage: <c>.space [.align n] .type name[n] = init, …;</c>.</summary>
    private List<PtxVariable> ParseVariables(bool isExtern, bool scoped)
    {
        string spaceName = TextOf(Next());
        PtxSpace space = spaceName switch
        {
            ".global" => PtxSpace.Global,
            ".const" => PtxSpace.Constant,
            ".local" => PtxSpace.Local,
            ".param" => PtxSpace.Parameter,
            _ => PtxSpace.Shared,
        };
        int alignment = 0;
        int lanes = 1;
        PtxType type = PtxType.None;
        while (Current.Kind == TokenKind.Directive)
        {
            string d = TextOf(Current);
            position++;
            if (d == ".align")
            {
                alignment = (int)ParseInteger();
            }
            else if (d is ".v2" or ".v4")
            {
                lanes = d[2] - '0';
            }
            else if (d == ".attribute")
            {
                SkipParentheses();
            }
            else if (PtxTypeFacts.Parse(d[1..]) is var t and not PtxType.None)
            {
                type = t;
            }
            else
            {
                position--;
                throw Error($"'{Clip(d)}' is not a type");
            }
        }

        if (type == PtxType.None)
        {
            throw Error("a type was expected");
        }

        if (alignment is < 0 or > 4096 || (alignment & (alignment - 1)) != 0)
        {
            throw Error("an impossible alignment");
        }

        int elementSize = type.Size();
        alignment = Math.Max(alignment, elementSize * lanes);
        var list = new List<PtxVariable>();
        while (true)
        {
            Token at = Current;
            string name = Name();
            long count = lanes;
            bool unsized = false;
            while (Is("["))
            {
                position++;
                if (Is("]"))
                {
                    unsized = true;
                }
                else
                {
                    long n = ParseInteger();
                    if (n < 0 || n > 1L << 40 || (n > 0 && count > (1L << 40) / n))
                    {
                        throw new PtxSyntaxException(at.Line, at.Column, "an array of impossible size");
                    }

                    count *= n;
                }

                Expect("]");
            }

            byte[]? bytes = null;
            var relocations = new List<PtxRelocation>();
            if (Is("="))
            {
                position++;
                var data = new List<byte>();
                ParseInitialiser(type, data, relocations);
                if (unsized)
                {
                    count = data.Count / elementSize;
                    unsized = false;
                }

                if (data.Count > count * elementSize)
                {
                    throw new PtxSyntaxException(at.Line, at.Column, "more initial values than elements");
                }

                if (count * elementSize > 1 << 28)
                {
                    throw new PtxSyntaxException(at.Line, at.Column, "an initialised array above 256 MiB");
                }

                bytes = new byte[count * elementSize];
                data.CopyTo(bytes);
            }

            string unique = scoped ? Declare(name) : name;
            list.Add(new PtxVariable(unique, space, type, alignment, unsized ? 0 : count * elementSize, bytes, relocations, isExtern));
            if (!Is(","))
            {
                break;
            }

            position++;
        }

        Expect(";");
        return list;
    }

    private void ParseInitialiser(PtxType type, List<byte> data, List<PtxRelocation> relocations)
    {
        if (Is("{"))
        {
            if (++nesting > 64)
            {
                throw Error("initial values nested too deeply");
            }

            position++;
            while (!Is("}"))
            {
                ParseInitialiser(type, data, relocations);
                if (Is(","))
                {
                    position++;
                }
                else if (!Is("}"))
                {
                    throw Error("',' or '}' was expected");
                }
            }

            position++;
            nesting--;
            return;
        }

        int size = type.Size();
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        bool negative = false;
        if (Is("-"))
        {
            negative = true;
            position++;
        }

        if (Current.Kind == TokenKind.Number)
        {
            (long bits, int floatBits) = ParseNumber();
            if (negative)
            {
                bits = floatBits switch { 0 => -bits, 32 => bits ^ 0x80000000L, _ => bits ^ long.MinValue };
            }

            if (floatBits == 64 && size == 4)
            {
                bits = BitConverter.SingleToUInt32Bits((float)BitConverter.Int64BitsToDouble(bits));
            }
            else if (floatBits == 32 && size == 8 && type == PtxType.F64)
            {
                bits = BitConverter.DoubleToInt64Bits(BitConverter.Int32BitsToSingle((int)bits));
            }

            BinaryPrimitives.WriteInt64LittleEndian(bytes, bits);
        }
        else if (Current.Kind == TokenKind.Word)
        {
            string name = TextOf(Next());
            bool generic = false;
            if (name == "generic" && Is("("))
            {
                position++;
                name = Name();
                Expect(")");
                generic = true;
            }
            else if (Is("("))
            {
                throw Error("address operators other than generic() are not known");
            }

            long addend = 0;
            while (Is("+") || Is("-"))
            {
                bool minus = Is("-");
                position++;
                long n = ParseInteger();
                addend += minus ? -n : n;
            }

            relocations.Add(new PtxRelocation(data.Count, name, addend, generic));
        }
        else
        {
            throw Error("an initial value was expected");
        }

        for (int k = 0; k < size; k++)
        {
            data.Add(bytes[k]);
        }
    }

    private void ParseBody(PtxFunction function)
    {
        Expect("{");
        scopes.Add(new Dictionary<string, string>(StringComparer.Ordinal));
        DeclareLabels();
        int depth = 1;
        while (depth > 0)
        {
            Token at = Current;
            switch (at.Kind)
            {
                case TokenKind.End:
                    throw Error("the text ends inside a function");
                case TokenKind.Punctuation when Is("{"):
                    position++;
                    if (++depth > 64)
                    {
                        throw Error("scopes nested too deeply");
                    }

                    scopes.Add(new Dictionary<string, string>(StringComparer.Ordinal));
                    DeclareLabels();
                    break;
                case TokenKind.Punctuation when Is("}"):
                    position++;
                    depth--;
                    scopes.RemoveAt(scopes.Count - 1);
                    break;
                case TokenKind.Punctuation when Is(";"):
                    position++;
                    break;
                case TokenKind.Directive:
                    ParseBodyDirective(function);
                    break;
                case TokenKind.Word when position + 1 < tokens.Length && TextOf(tokens[position + 1]) == ":" && tokens[position + 1].Kind == TokenKind.Punctuation:
                    string label = Resolve(TextOf(at));
                    position += 2;
                    if (Current.Kind == TokenKind.Directive && TextOf(Current) is ".branchtargets" or ".callprototype" or ".calltargets")
                    {
                        ParseTable(function, label);
                    }
                    else
                    {
                        function.Statements.Add(new PtxStatement("", [], null, false, [], label, at.Line, sourceLine));
                    }

                    break;
                default:
                    function.Statements.Add(ParseInstruction());
                    break;
            }
        }
    }

    /// <summary>Labels may be used before they stand: those of the scope that begins here are declared at once.</summary>
    private void DeclareLabels()
    {
        int depth = 0;
        for (int i = position; i < tokens.Length; i++)
        {
            Token t = tokens[i];
            if (t.Kind == TokenKind.Punctuation)
            {
                char c = text[t.Start];
                if (c == '{')
                {
                    depth++;
                }
                else if (c == '}')
                {
                    if (--depth < 0)
                    {
                        return;
                    }
                }
                else if (c == ':' && depth == 0 && i > position && tokens[i - 1].Kind == TokenKind.Word)
                {
                    Declare(TextOf(tokens[i - 1]));
                }
            }
        }
    }

    private void ParseTable(PtxFunction function, string label)
    {
        string directive = TextOf(Next());
        if (directive == ".branchtargets")
        {
            var labels = new List<string>();
            do
            {
                labels.Add(Resolve(Name()));
            }
            while (Accept(","));
            Expect(";");
            function.BranchTargets[label] = labels;
        }
        else if (directive == ".calltargets")
        {
            SkipTo(";");
        }
        else
        {
            IReadOnlyList<PtxParameter> returns = Is("(") ? ParseParameterList() : [];
            Name();
            IReadOnlyList<PtxParameter> parameters = Is("(") ? ParseParameterList() : [];
            while (Current.Kind == TokenKind.Directive)
            {
                position++;
            }

            Expect(";");

            // A prototype's parameters are all called "_": they go by their places.
            function.Prototypes[label] = new PtxFunction
            {
                Name = label, IsKernel = false, Parameters = [.. parameters.Select((p, i) => p with { Name = $"{i}" })], Returns = [.. returns.Select((p, i) => p with { Name = $"return {i}" })],
            };
        }
    }

    private void ParseBodyDirective(PtxFunction function)
    {
        string directive = TextOf(Current);
        switch (directive)
        {
            case ".reg":
                position++;
                PtxType type = PtxType.None;
                while (Current.Kind == TokenKind.Directive)
                {
                    string d = TextOf(Current);
                    PtxType t = PtxTypeFacts.Parse(d[1..]);
                    if (t == PtxType.None)
                    {
                        throw Error($"'{Clip(d)}' is not a register type");
                    }

                    type = t;
                    position++;
                }

                if (type == PtxType.None)
                {
                    throw Error("a register type was expected");
                }

                do
                {
                    string name = Name();
                    if (Accept("<"))
                    {
                        long count = ParseInteger();
                        Expect(">");
                        if (count is < 0 or > 1_000_000)
                        {
                            throw Error("an impossible number of registers");
                        }

                        for (long k = 0; k < count; k++)
                        {
                            AddRegister(function, name + k.ToString(CultureInfo.InvariantCulture), type);
                        }
                    }
                    else
                    {
                        AddRegister(function, name, type);
                    }
                }
                while (Accept(","));
                Expect(";");
                break;
            case ".loc":
                ParseLoc();
                break;
            case ".shared" or ".local" or ".param" or ".global" or ".const":
                foreach (PtxVariable variable in ParseVariables(isExtern: false, scoped: true))
                {
                    if (variable.Space is PtxSpace.Global or PtxSpace.Constant)
                    {
                        globals.Add(variable);
                    }
                    else
                    {
                        function.Variables[variable.Name] = variable;
                    }
                }

                break;
            case ".pragma":
                SkipTo(";");
                break;
            default:
                throw Error($"'{Clip(directive)}' is not a known directive in a function");
        }
    }

    private void AddRegister(PtxFunction function, string name, PtxType type)
    {
        string unique = Declare(name, isRegister: true);
        function.Registers[unique] = new PtxRegister(unique, type);
    }

    /// <summary>
    /// <c>.loc file line column [, function_name label, inlined_at file line column]</c> (PTX ISA §11.5.1). An inlined place
    /// names its call site, which an earlier <c>.loc</c> has resolved to the main file (file 1) in turn.
    /// </summary>
    private void ParseLoc()
    {
        position++;
        int file = (int)ParseInteger();
        int line = (int)ParseInteger();
        int column = (int)ParseInteger();
        int resolved = file == 1 ? line : 0;
        bool inlined = false;
        while (Accept(","))
        {
            string word = Name();
            if (word == "function_name")
            {
                Name();
                if (Is("+"))
                {
                    position++;
                    ParseInteger();
                }
            }
            else if (word == "inlined_at")
            {
                int callerFile = (int)ParseInteger();
                int callerLine = (int)ParseInteger();
                int callerColumn = (int)ParseInteger();
                inlined = true;
                if (file != 1)
                {
                    resolved = callerFile == 1 && callerLine > 0 ? callerLine : inlineLines.GetValueOrDefault((callerFile, callerLine, callerColumn));
                }
            }
            else
            {
                throw Error("'function_name' or 'inlined_at' was expected");
            }
        }

        if (inlined || file == 1)
        {
            inlineLines[(file, line, column)] = resolved;
        }

        // Line 0 means "no line": what was inherited from the previous place is the better answer.
        if (resolved > 0)
        {
            sourceLine = resolved;
        }
    }

    private PtxStatement ParseInstruction()
    {
        string? guard = null;
        bool negated = false;
        Token at = Current;
        if (Accept("@"))
        {
            negated = Accept("!");
            guard = Resolve(Name());
        }

        Token opcodeToken = Current;
        if (opcodeToken.Kind != TokenKind.Word)
        {
            throw Error("an instruction was expected");
        }

        string opcode = TextOf(Next());
        var operands = new List<PtxOperand>();
        if (!Is(";"))
        {
            do
            {
                operands.Add(ParseOperand());
            }
            while (Accept(","));
        }

        Expect(";");
        return new PtxStatement(opcode, opcode.Split('.'), guard, negated, operands, null, opcodeToken.Line == 0 ? at.Line : opcodeToken.Line, sourceLine);
    }

    private PtxOperand ParseOperand()
    {
        if (++nesting > 64)
        {
            throw Error("operands nested too deeply");
        }

        PtxOperand operand = ParseOperandOrPair();
        nesting--;
        return operand;
    }

    private PtxOperand ParseOperandOrPair()
    {
        Token at = Current;
        if (Accept("!"))
        {
            PtxOperand inner = ParseOperand();
            return inner with { Negated = true };
        }

        PtxOperand operand = ParseSimpleOperand(at);
        if (Accept("|"))
        {
            PtxOperand second = ParseSimpleOperand(Current);
            operand = new PtxOperand(PtxOperandKind.Pair, "", 0, 0, false, [operand, second], false, at.Column);
        }

        return operand;
    }

    private PtxOperand ParseSimpleOperand(Token at)
    {
        if (Accept("{"))
        {
            return ParseGroup(at, "}");
        }

        if (Accept("("))
        {
            return ParseGroup(at, ")");
        }

        if (Accept("["))
        {
            return ParseAddress(at);
        }

        if (Accept("-"))
        {
            if (Current.Kind == TokenKind.Number)
            {
                (long bits, int floatBits) = ParseNumber();
                bits = floatBits switch { 0 => unchecked(-bits), 32 => bits ^ 0x80000000L, _ => bits ^ long.MinValue };
                return new PtxOperand(PtxOperandKind.Immediate, "", bits, floatBits, false, [], false, at.Column);
            }

            return ParseOperand() with { Negated = true };
        }

        if (Current.Kind == TokenKind.Number)
        {
            (long bits, int floatBits) = ParseNumber();
            return new PtxOperand(PtxOperandKind.Immediate, "", bits, floatBits, false, [], false, at.Column);
        }

        if (Current.Kind == TokenKind.Word)
        {
            string name = TextOf(Next());
            if (name == "_")
            {
                return new PtxOperand(PtxOperandKind.Sink, name, 0, 0, false, [], false, at.Column);
            }

            name = Resolve(name);
            long offset = 0;
            while (Is("+") || Is("-"))
            {
                bool minus = Is("-");
                position++;
                long n = ParseInteger();
                offset += minus ? -n : n;
            }

            PtxOperandKind kind = name[0] == '%' || IsRegister(name) ? PtxOperandKind.Register : PtxOperandKind.Symbol;
            return new PtxOperand(kind, name, offset, 0, false, [], false, at.Column);
        }

        throw Error("an operand was expected");
    }

    private bool IsRegister(string name) => registerNames.Contains(name);

    // Registers whose names do not begin with a percent sign: inline assembly declares such.
    private readonly HashSet<string> registerNames = new(StringComparer.Ordinal);

    private PtxOperand ParseGroup(Token at, string close)
    {
        var parts = new List<PtxOperand>();
        while (!Is(close))
        {
            parts.Add(ParseOperand());
            if (!Accept(",") && !Is(close))
            {
                throw Error($"',' or '{close}' was expected");
            }
        }

        position++;
        return new PtxOperand(PtxOperandKind.Vector, "", 0, 0, false, parts, false, at.Column);
    }

    private PtxOperand ParseAddress(Token at)
    {
        string name = "";
        bool isRegister = false;
        long offset = 0;
        bool any = false;
        var parts = new List<PtxOperand>();
        if (Current.Kind == TokenKind.Word)
        {
            name = Resolve(TextOf(Next()));
            isRegister = name[0] == '%' || IsRegister(name);
            any = true;
        }

        while (Is("+") || Is("-") || (!any && Current.Kind == TokenKind.Number))
        {
            bool minus = false;
            while (Is("+") || Is("-"))
            {
                minus ^= Is("-");
                position++;
            }

            long n = ParseInteger();
            offset += minus ? -n : n;
            any = true;
        }

        while (Accept(","))
        {
            parts.Add(ParseOperand());
        }

        if (!any)
        {
            throw Error("an address was expected");
        }

        Expect("]");
        return new PtxOperand(PtxOperandKind.Address, name, offset, 0, false, parts, isRegister, at.Column);
    }

    private (long Bits, int FloatBits) ParseNumber()
    {
        Token token = Next();
        ReadOnlySpan<char> s = text.AsSpan(token.Start, token.Length);
        bool ok;
        long bits = 0;
        int floatBits = 0;
        if (s.Length > 2 && s[0] == '0' && s[1] is 'f' or 'F')
        {
            ok = s.Length == 10 && uint.TryParse(s[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint u) && Set(u, out bits);
            floatBits = 32;
        }
        else if (s.Length > 2 && s[0] == '0' && s[1] is 'd' or 'D')
        {
            ok = s.Length == 18 && ulong.TryParse(s[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong u) && Set((long)u, out bits);
            floatBits = 64;
        }
        else if (s.Length > 2 && s[0] == '0' && s[1] is 'x' or 'X')
        {
            ok = ulong.TryParse(s[2..].TrimEnd('U'), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong u) && Set((long)u, out bits);
        }
        else if (s.Length > 2 && s[0] == '0' && s[1] is 'b' or 'B')
        {
            ok = ulong.TryParse(s[2..].TrimEnd('U'), NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out ulong u) && Set((long)u, out bits);
        }
        else if (s.ContainsAny('.', 'e', 'E'))
        {
            ok = double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out double d) && Set(BitConverter.DoubleToInt64Bits(d), out bits);
            floatBits = 64;
        }
        else if (s.Length > 1 && s[0] == '0' && s.TrimEnd('U').Length > 1)
        {
            ok = true;
            foreach (char c in s.TrimEnd('U'))
            {
                ok &= c is >= '0' and <= '7';
                bits = (bits << 3) | (uint)(c - '0');
            }
        }
        else
        {
            ok = ulong.TryParse(s.TrimEnd('U'), NumberStyles.None, CultureInfo.InvariantCulture, out ulong u) && Set((long)u, out bits);
        }

        return ok ? (bits, floatBits) : throw new PtxSyntaxException(token.Line, token.Column, $"'{Clip(s.ToString())}' is not a number");
    }

    private static bool Set(long value, out long bits)
    {
        bits = value;
        return true;
    }

    private long ParseInteger()
    {
        bool minus = Accept("-");
        if (Current.Kind != TokenKind.Number)
        {
            throw Error("a number was expected");
        }

        (long bits, int floatBits) = ParseNumber();
        if (floatBits != 0)
        {
            position--;
            throw Error("an integer was expected");
        }

        return minus ? unchecked(-bits) : bits;
    }

    private string Declare(string name, bool isRegister = false)
    {
        string unique = name;
        if (scopes.Count > 2)
        {
            unique = $"{name}@{++scopeCount}";
        }

        scopes[^1][name] = unique;
        if (isRegister)
        {
            registerNames.Add(unique);
        }

        return unique;
    }

    private string Resolve(string name)
    {
        for (int i = scopes.Count - 1; i >= 0; i--)
        {
            if (scopes[i].TryGetValue(name, out string? unique))
            {
                return unique;
            }
        }

        return name;
    }

    private string Name()
    {
        if (Current.Kind != TokenKind.Word)
        {
            throw Error("a name was expected");
        }

        return TextOf(Next());
    }

    private Token Next()
    {
        Token token = tokens[position];
        if (token.Kind == TokenKind.End)
        {
            throw Error("the text ends too early");
        }

        position++;
        return token;
    }

    private bool Is(string punctuation) => Current.Kind == TokenKind.Punctuation && text[Current.Start] == punctuation[0];

    private bool Accept(string punctuation)
    {
        if (!Is(punctuation))
        {
            return false;
        }

        position++;
        return true;
    }

    private void Expect(string punctuation)
    {
        if (!Accept(punctuation))
        {
            throw Error($"'{punctuation}' was expected");
        }
    }

    private void SkipTo(string punctuation)
    {
        while (!Is(punctuation))
        {
            Next();
        }

        position++;
    }

    private void SkipBraces()
    {
        Expect("{");
        int depth = 1;
        while (depth > 0)
        {
            if (Is("{"))
            {
                depth++;
            }
            else if (Is("}"))
            {
                depth--;
            }

            Next();
        }
    }

    private void SkipParentheses()
    {
        Expect("(");
        while (!Accept(")"))
        {
            Next();
        }
    }

    private string TextOf(Token token) => text.Substring(token.Start, token.Length);

    private static string Clip(string s) => s.Length <= 60 ? s : s[..60] + "…";

    private PtxSyntaxException Error(string problem)
    {
        Token t = Current;
        string found = t.Kind == TokenKind.End ? "the end of the text" : $"'{Clip(TextOf(t))}'";
        return new PtxSyntaxException(t.Line, t.Column, $"{problem}; found {found}");
    }
}
