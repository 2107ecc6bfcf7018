using System.Collections.Concurrent;
using System.Globalization;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Counters;

/// <summary>
/// PTX opcode → SASS issue slots and pipes. PTX is not SASS: a float32 division is one PTX instruction and about ten SASS
/// slots on its usual path (the code with its slow path for extreme exponents is far longer), a 64-bit division about a
/// hundred. The table holds the usual path, from what ptxas is generally seen to emit for sm_75 … sm_90 and from the
/// CUDA C++ Programming Guide's throughput table; it has not been fitted to a disassembly of each version.
/// First rule that fits wins: base opcode, then a modifier that must be present, then the last type. An empty field fits all.
/// </summary>
public static class Expansion
{
    private const double Free = 0;

    private static readonly ConcurrentDictionary<string, InstructionCost> Known = new(StringComparer.Ordinal);

    // base | modifiers (all must be there, separated by a space) | last type(s) | cost. Comments give the SASS it stands for.
    private static readonly Rule[] Rules =
    [
        // Moves and address space changes; half of the moves disappear in register allocation.
        new("mov", "", "b64 u64 s64 f64", Alu(1)),
        new("mov", "", "", Alu(0.5)),
        new("cvta", "", "", Alu(Free)),
        new("isspacep", "", "", Alu(2)),
        new("ld", "param", "", Alu(Free)),
        new("st", "param", "", Alu(Free)),

        // Memory: one LSU slot whatever the width; the data path is counted in wavefronts and sectors.
        new("ld", "shared", "", Lsu(1, LatencyClass.Shared)),
        new("ld", "shared::cta", "", Lsu(1, LatencyClass.Shared)),
        new("ld", "shared::cluster", "", Lsu(1, LatencyClass.Shared)),
        new("ld", "local", "", Lsu(1, LatencyClass.Local)),
        new("ld", "const", "", new() { Slots = 1, Uniform = 1, Latency = LatencyClass.Constant }),
        new("ld", "", "", Lsu(1, LatencyClass.Global)),
        new("ldu", "", "", Lsu(1, LatencyClass.Global)),
        new("st", "", "", Lsu(1, LatencyClass.None)),
        new("ldmatrix", "", "", Lsu(1, LatencyClass.Shared)),
        new("stmatrix", "", "", Lsu(1, LatencyClass.None)),
        // Of a fragment: each of its registers is a request of its own.
        new("wmma", "load shared", "", Lsu(1, LatencyClass.Shared)),
        new("wmma", "load", "", Lsu(1, LatencyClass.Global)),
        new("wmma", "store", "", Lsu(1, LatencyClass.None)),
        new("atom", "shared", "f32 f64 f16 bf16 f16x2 bf16x2", new() { Slots = 6, Lsu = 2, Alu = 2, Fma = 1, Branch = 1, Latency = LatencyClass.Shared }), // compare-and-swap loop
        new("red", "shared", "f32 f64 f16 bf16 f16x2 bf16x2", new() { Slots = 6, Lsu = 2, Alu = 2, Fma = 1, Branch = 1, Latency = LatencyClass.None }),
        new("atom", "shared", "", Lsu(1, LatencyClass.Shared)),
        new("atom", "", "", Lsu(1, LatencyClass.Atomic)),
        new("red", "", "", Lsu(1, LatencyClass.None)),
        new("cp", "wait_all", "", new() { Slots = 1, Uniform = 1, Latency = LatencyClass.AsyncWait }),
        new("cp", "wait_group", "", new() { Slots = 1, Uniform = 1, Latency = LatencyClass.AsyncWait }),
        new("cp", "commit_group", "", new() { Slots = 1, Uniform = 1 }),
        new("cp", "", "", Lsu(1, LatencyClass.AsyncCopy)),
        new("prefetch", "", "", Lsu(1, LatencyClass.None)),
        new("prefetchu", "", "", Lsu(1, LatencyClass.None)),
        new("fence", "", "", new() { Slots = 4, Lsu = 2, Latency = LatencyClass.None }),
        new("membar", "", "", new() { Slots = 4, Lsu = 2, Latency = LatencyClass.None }),
        new("mbarrier", "test_wait", "", Lsu(2, LatencyClass.AsyncWait)),
        new("mbarrier", "try_wait", "", Lsu(2, LatencyClass.AsyncWait)),
        new("mbarrier", "", "", Lsu(1, LatencyClass.Shared)),

        // Across lanes and the block.
        new("shfl", "", "", Lsu(1, LatencyClass.Shuffle)),
        new("vote", "", "", new() { Slots = 1, Alu = 1, Latency = LatencyClass.Arithmetic }),
        new("activemask", "", "", new() { Slots = 1, Alu = 1, Latency = LatencyClass.Arithmetic }),
        new("elect", "", "", new() { Slots = 1, Uniform = 1, Latency = LatencyClass.Arithmetic }),
        new("match", "", "", new() { Slots = 2, Uniform = 2, Latency = LatencyClass.Shuffle }),
        new("redux", "", "", new() { Slots = 1, Xu = 1, Latency = LatencyClass.Shuffle }),
        new("bar", "warp", "", new() { Slots = 1, Uniform = 1 }),
        new("bar", "", "", new() { Slots = 1, Uniform = 1, Latency = LatencyClass.Barrier }),
        new("barrier", "", "", new() { Slots = 1, Uniform = 1, Latency = LatencyClass.Barrier }),

        // Tensor cores: shapes are read from the mnemonic.
        new("wgmma", "fence", "", new() { Slots = 1 }),
        new("wgmma", "commit_group", "", new() { Slots = 1 }),
        new("wgmma", "wait_group", "", new() { Slots = 1, Latency = LatencyClass.AsyncWait }),

        // float32.
        new("div", "approx", "f32", new() { Slots = 3, Xu = 1, Fma = 2, Latency = LatencyClass.Special }),
        new("div", "full", "f32", new() { Slots = 5, Xu = 1, Fma = 3, Alu = 1, Latency = LatencyClass.Special }),
        new("div", "", "f32", new() { Slots = 10, Xu = 2, Fma = 6, Alu = 1, Branch = 1, Latency = LatencyClass.Special }),   // MUFU.RCP, FCHK, FFMA × 6, BRA
        new("rcp", "approx", "f32", Xu(1)),
        new("rcp", "", "f32", new() { Slots = 8, Xu = 1, Fma = 3, Alu = 3, Branch = 1, Latency = LatencyClass.Special }),
        new("sqrt", "approx", "f32", new() { Slots = 2, Xu = 1, Fma = 1, Latency = LatencyClass.Special }),
        new("sqrt", "", "f32", new() { Slots = 10, Xu = 1, Fma = 5, Alu = 3, Branch = 1, Latency = LatencyClass.Special }),
        new("ex2", "ftz", "f32", Xu(1)),
        new("ex2", "", "f32", new() { Slots = 4, Xu = 1, Fma = 2, Alu = 1, Latency = LatencyClass.Special }),                // scaling of subnormals
        new("lg2", "ftz", "f32", Xu(1)),
        new("lg2", "", "f32", new() { Slots = 4, Xu = 1, Fma = 2, Alu = 1, Latency = LatencyClass.Special }),
        new("rsqrt", "ftz", "f32", Xu(1)),
        new("rsqrt", "", "f32", new() { Slots = 4, Xu = 1, Fma = 2, Alu = 1, Latency = LatencyClass.Special }),
        new("sin", "", "f32", new() { Slots = 2, Xu = 1, Fma = 1, Latency = LatencyClass.Special }),
        new("cos", "", "f32", new() { Slots = 2, Xu = 1, Fma = 1, Latency = LatencyClass.Special }),
        new("tanh", "", "f32", Xu(1)),
        new("tanh", "", "", new() { Slots = 2, Xu = 2, Latency = LatencyClass.Special }),
        new("ex2", "", "", new() { Slots = 2, Xu = 2, Latency = LatencyClass.Special }),
        new("add", "", "f32", Fma(1)),
        new("sub", "", "f32", Fma(1)),
        new("mul", "", "f32", Fma(1)),
        new("fma", "", "f32", Fma(1)),
        new("mad", "", "f32", Fma(1)),
        new("min", "", "f32", Alu(1)),
        new("max", "", "f32", Alu(1)),
        new("neg", "", "f32 f16 f16x2 bf16 bf16x2", Alu(0.5)),                                                               // usually an operand modifier
        new("abs", "", "f32 f16 f16x2 bf16 bf16x2", Alu(0.5)),
        new("testp", "", "", Alu(2)),
        new("copysign", "", "", Alu(1)),

        // float64.
        new("div", "", "f64", new() { Slots = 20, Fp64 = 12, Xu = 1, Alu = 4, Branch = 2, Latency = LatencyClass.Fp64 }),
        new("rcp", "", "f64", new() { Slots = 12, Fp64 = 7, Xu = 1, Alu = 3, Branch = 1, Latency = LatencyClass.Fp64 }),
        new("sqrt", "", "f64", new() { Slots = 18, Fp64 = 11, Xu = 1, Alu = 4, Branch = 2, Latency = LatencyClass.Fp64 }),
        new("rsqrt", "", "f64", new() { Slots = 12, Fp64 = 7, Xu = 1, Alu = 3, Branch = 1, Latency = LatencyClass.Fp64 }),
        new("min", "", "f64", new() { Slots = 4, Fp64 = 1, Alu = 3, Latency = LatencyClass.Fp64 }),
        new("max", "", "f64", new() { Slots = 4, Fp64 = 1, Alu = 3, Latency = LatencyClass.Fp64 }),
        new("neg", "", "f64", Alu(0.5)),
        new("abs", "", "f64", Alu(0.5)),
        new("setp", "", "f64", Fp64(1)),
        new("set", "", "f64", Fp64(1)),
        new("add", "", "f64", Fp64(1)),
        new("sub", "", "f64", Fp64(1)),
        new("mul", "", "f64", Fp64(1)),
        new("fma", "", "f64", Fp64(1)),
        new("mad", "", "f64", Fp64(1)),

        // Half precision: one packed instruction on the heavy half of the FMA pipe.
        new("add", "", "f16 f16x2 bf16 bf16x2", Multiply(1)),
        new("sub", "", "f16 f16x2 bf16 bf16x2", Multiply(1)),
        new("mul", "", "f16 f16x2 bf16 bf16x2", Multiply(1)),
        new("fma", "", "f16 f16x2 bf16 bf16x2", Multiply(1)),
        new("min", "", "f16 f16x2 bf16 bf16x2", Alu(1)),
        new("max", "", "f16 f16x2 bf16 bf16x2", Alu(1)),

        // Integer division: a reciprocal in float32 and corrections; 64 bits by a called routine.
        new("div", "", "s64 u64", new() { Slots = 100, Xu = 3, IntegerMultiply = 32, Alu = 57, Branch = 8, Latency = LatencyClass.Special }),
        new("rem", "", "s64 u64", new() { Slots = 102, Xu = 3, IntegerMultiply = 34, Alu = 57, Branch = 8, Latency = LatencyClass.Special }),
        new("div", "", "s32 s16", new() { Slots = 24, Xu = 3, IntegerMultiply = 6, Alu = 15, Latency = LatencyClass.Special }),
        new("rem", "", "s32 s16", new() { Slots = 24, Xu = 3, IntegerMultiply = 6, Alu = 15, Latency = LatencyClass.Special }),
        new("div", "", "u32 u16", new() { Slots = 18, Xu = 3, IntegerMultiply = 5, Alu = 10, Latency = LatencyClass.Special }),
        new("rem", "", "u32 u16", new() { Slots = 18, Xu = 3, IntegerMultiply = 5, Alu = 10, Latency = LatencyClass.Special }),

        // Integer multiplication: IMAD.
        new("mul", "wide", "", Multiply(1)),
        new("mad", "wide", "", Multiply(1)),
        new("mul", "hi", "s64 u64", new() { Slots = 10, IntegerMultiply = 8, Alu = 2, Latency = LatencyClass.Arithmetic }),
        new("mad", "hi", "s64 u64", new() { Slots = 12, IntegerMultiply = 8, Alu = 4, Latency = LatencyClass.Arithmetic }),
        new("mul", "", "s64 u64", new() { Slots = 4, IntegerMultiply = 3, Alu = 1, Latency = LatencyClass.Arithmetic }),
        new("mad", "", "s64 u64", new() { Slots = 5, IntegerMultiply = 3, Alu = 2, Latency = LatencyClass.Arithmetic }),
        new("mul", "hi", "", Multiply(2)),
        new("mad", "hi", "", Multiply(2)),
        new("mul24", "", "", Multiply(2)),
        new("mad24", "", "", Multiply(2)),
        new("mul", "", "", Multiply(1)),
        new("mad", "", "", Multiply(1)),
        new("madc", "", "", Multiply(1)),
        new("dp4a", "", "", Multiply(1)),
        new("dp2a", "", "", Multiply(1)),

        // Integer and logic; 64-bit values are two words.
        new("min", "", "s64 u64", Alu(4)),
        new("max", "", "s64 u64", Alu(4)),
        new("abs", "", "s64", Alu(4)),
        new("setp", "", "s64 u64 b64", Alu(2)),
        new("set", "", "s64 u64 b64", Alu(2)),
        new("popc", "", "b64", new() { Slots = 3, Xu = 2, Alu = 1, Latency = LatencyClass.Special }),
        new("clz", "", "b64", new() { Slots = 5, Xu = 2, Alu = 3, Latency = LatencyClass.Special }),
        new("brev", "", "b64", Xu(2)),
        new("bfind", "", "", Xu(1)),
        new("popc", "", "", Xu(1)),
        new("brev", "", "", Xu(1)),
        new("clz", "", "", new() { Slots = 2, Xu = 1, Alu = 1, Latency = LatencyClass.Special }),
        new("fns", "", "", Alu(40)),
        new("bfe", "", "s64 u64", Alu(6)),
        new("bfi", "", "b64", Alu(6)),
        new("bfe", "", "", Alu(2)),
        new("bfi", "", "", Alu(2)),
        new("sad", "", "", Alu(2)),
        new("shl", "", "b64", Alu(2)),
        new("shr", "", "b64 s64 u64", Alu(2)),
        new("selp", "", "b64 s64 u64 f64", Alu(2)),
        new("slct", "", "b64 s64 u64 f64", Alu(3)),
        new("add", "", "s64 u64", Alu(2)),
        new("sub", "", "s64 u64", Alu(2)),
        new("neg", "", "s64", Alu(2)),
        new("and", "", "b64", Alu(2)),
        new("or", "", "b64", Alu(2)),
        new("xor", "", "b64", Alu(2)),
        new("not", "", "b64", Alu(2)),
        new("not", "", "pred", Alu(0.5)),
        new("add", "", "", Alu(1)), new("sub", "", "", Alu(1)), new("addc", "", "", Alu(1)), new("subc", "", "", Alu(1)),
        new("neg", "", "", Alu(1)), new("abs", "", "", Alu(1)), new("min", "", "", Alu(1)), new("max", "", "", Alu(1)),
        new("and", "", "", Alu(1)), new("or", "", "", Alu(1)), new("xor", "", "", Alu(1)), new("not", "", "", Alu(1)),
        new("lop3", "", "", Alu(1)), new("cnot", "", "", Alu(2)), new("shl", "", "", Alu(1)), new("shr", "", "", Alu(1)),
        new("shf", "", "", Alu(1)), new("prmt", "", "", Alu(1)), new("bmsk", "", "", Alu(1)), new("szext", "", "", Alu(1)),
        new("setp", "", "", Alu(1)), new("set", "", "", Alu(1)), new("selp", "", "", Alu(1)), new("slct", "", "", Alu(2)),

        // Control.
        new("bra", "", "", new() { Slots = 1, Branch = 1 }),
        new("brx", "", "", new() { Slots = 4, Branch = 1, Alu = 2, Uniform = 1 }),
        new("call", "", "", new() { Slots = 2, Branch = 1, Alu = 1 }),
        new("ret", "", "", new() { Slots = 1, Branch = 1 }),
        new("exit", "", "", new() { Slots = 1, Branch = 1 }),
        new("trap", "", "", new() { Slots = 1, Branch = 1 }),
        new("brkpt", "", "", new() { Slots = 1, Branch = 1 }),
        new("nanosleep", "", "", new() { Slots = 1, Uniform = 1 }),
        new("setmaxnreg", "", "", new() { Slots = 1, Uniform = 1 }),
        new("griddepcontrol", "", "", new() { Slots = 1, Uniform = 1 }),
        new("mapa", "", "", Alu(2)),
        new("getctarank", "", "", Alu(2)),
        new("alloca", "", "", Alu(2)),
        new("stacksave", "", "", Alu(1)),
        new("stackrestore", "", "", Alu(1)),
        new("createpolicy", "", "", Alu(2)),
        new("discard", "", "", Lsu(1, LatencyClass.None)),
        new("applypriority", "", "", Lsu(1, LatencyClass.None)),
        new("pmevent", "", "", new() { Slots = 1 }),
    ];

    /// <summary>The cost of one warp's execution of an instruction.</summary>
    /// <param name="opcode">The whole PTX mnemonic: <c>ld.global.nc.v4.f32</c>. A guard predicate is not part of it.</param>
    public static InstructionCost Of(string opcode)
    {
        ArgumentNullException.ThrowIfNull(opcode);
        return Known.GetOrAdd(opcode, Find);
    }

    private static InstructionCost Find(string opcode)
    {
        var parts = opcode.Split('.');
        if (parts[0] is "mma" or "wgmma" or "wmma" && TensorShape(parts) is var (m, n, k) && m > 0)
        {
            return TensorCost(parts, m, n, k);
        }

        if (parts[0] == "cvt")
        {
            return Conversion(parts);
        }

        foreach (var rule in Rules)
        {
            if (rule.Fits(parts))
            {
                return rule.Cost with { IsKnown = true };
            }
        }

        return Alu(1) with { IsKnown = false };
    }

    private static InstructionCost Conversion(string[] parts)
    {
        var to = parts.Length > 2 ? parts[^2] : "";
        var from = parts[^1];
        var cost = (IsFloat(to), IsFloat(from)) switch
        {
            (_, _) when to == "f64" || from == "f64" => new InstructionCost { Slots = 1, Fp64 = 2, Latency = LatencyClass.Fp64 },
            (false, false) when Bits(to) == 64 && Bits(from) < 64 => Alu(from[0] == 's' ? 1 : 0.5),
            (false, false) when Bits(from) == 64 => Alu(0.5),
            (false, false) => Alu(1),
            (true, true) when to == "f32" && from == "f32" => parts.Length > 3 && parts[1] != "sat" ? Xu(1) : Alu(1), // FRND; FADD.SAT
            (true, true) when to is "tf32" => Alu(1),
            (true, true) when to[0] == 'e' || from[0] == 'e' => Alu(2),
            (true, true) => Alu(1),                                                               // F2FP, HADD2.F32
            _ when Bits(to) == 64 || Bits(from) == 64 => new InstructionCost { Slots = 4, Xu = 2, Alu = 2, Latency = LatencyClass.Special },
            _ => Xu(1),                                                                           // I2F, F2I
        };
        return cost with { IsKnown = true };
    }

    private static bool IsFloat(string type) => type.Length > 0 && (type[0] is 'f' or 'e' || type.StartsWith("bf", StringComparison.Ordinal) || type == "tf32");

    private static int Bits(string type) =>
        int.TryParse(type.AsSpan(Math.Min(1, type.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out var bits) ? bits : 32;

    // wmma.load and wmma.store name the shape too, and are memory.
    private static (int M, int N, int K) TensorShape(string[] parts) => parts[0] == "wmma" && !parts.Contains("mma") ? default : MatrixFormats.Shape(parts);

    private static InstructionCost TensorCost(string[] parts, int m, int n, int k)
    {
        double work = (double)m * n * k;
        if (parts[0] == "wgmma")
        {
            work /= 4; // four warps share one
        }

        if (parts.Contains("sp"))
        {
            work /= 2;
        }

        if (parts[^1] == "f64")
        {
            // The float64 tensor rate is twice the float64 pipe's (A100, H100 data sheets).
            return new InstructionCost { Slots = 1, Fp64 = work / 64, Tensor = 1, Latency = LatencyClass.Tensor, IsKnown = true };
        }

        var factor = parts.Contains("tf32") ? 2.0
            : parts.Any(part => part is "s8" or "u8" or "e4m3" or "e5m2") ? 0.5
            : parts.Any(part => part is "s4" or "u4") ? 0.25
            : parts.Contains("b1") ? 1.0 / 16
            : 1.0;
        return new InstructionCost
        {
            Slots = parts[0] == "wmma" ? Math.Max(1, work / 2048) : 1,
            Tensor = parts[0] == "wmma" ? Math.Max(1, work / 2048) : 1,
            TensorF16Fma = work * factor,
            Latency = parts[0] == "wgmma" ? LatencyClass.None : LatencyClass.Tensor,
            IsKnown = true,
        };
    }

    private static InstructionCost Alu(double slots) => new() { Slots = slots, Alu = slots, Latency = LatencyClass.Arithmetic };

    private static InstructionCost Fma(double slots) => new() { Slots = slots, Fma = slots, Latency = LatencyClass.Arithmetic };

    private static InstructionCost Multiply(double slots) => new() { Slots = slots, IntegerMultiply = slots, Latency = LatencyClass.Arithmetic };

    private static InstructionCost Fp64(double slots) => new() { Slots = slots, Fp64 = slots, Latency = LatencyClass.Fp64 };

    private static InstructionCost Xu(double slots) => new() { Slots = slots, Xu = slots, Latency = LatencyClass.Special };

    private static InstructionCost Lsu(double slots, LatencyClass latency) => new() { Slots = slots, Lsu = slots, Latency = latency };

    private sealed record Rule(string Base, string Modifiers, string Types, InstructionCost Cost)
    {
        private readonly string[] _modifiers = Modifiers.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        private readonly string[] _types = Types.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        public bool Fits(string[] parts) =>
            parts[0] == Base
            && _modifiers.All(modifier => parts.AsSpan(1).Contains(modifier))
            && (_types.Length == 0 || _types.Contains(parts[^1]));
    }
}
