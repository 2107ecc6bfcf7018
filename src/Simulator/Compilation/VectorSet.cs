using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Intrinsics;

namespace KernelForge.Simulator.Compilation;

/// <summary>
/// The operations of one vector width as methods to call. What is looked up here are intrinsics: the JIT turns each call into an
/// instruction or two. Operators are used where there are any, since <c>Vector512.Add</c> and the like need the inliner, which gives up in
/// large methods.
/// </summary>
internal sealed class VectorSet
{
    /// <summary>64 bytes, for machines with AVX-512.</summary>
    public static readonly VectorSet Wide = new(typeof(Vector512), typeof(Vector512<>), 64);

    /// <summary>32 bytes, for machines with AVX2.</summary>
    public static readonly VectorSet Narrow = new(typeof(Vector256), typeof(Vector256<>), 32);

    /// <summary>16 bytes: what floating-point operations on one value for all lanes are done with.</summary>
    public static readonly VectorSet Single = new(typeof(Vector128), typeof(Vector128<>), 16);

    private readonly Type operations;
    private readonly Type generic;
    private readonly ConcurrentDictionary<string, MethodInfo> found = new(StringComparer.Ordinal);

    private VectorSet(Type operations, Type generic, int bytes)
    {
        this.operations = operations;
        this.generic = generic;
        Bytes = bytes;
    }

    /// <summary>The width for this machine.</summary>
    public static VectorSet Best => Vector512.IsHardwareAccelerated ? Wide : Narrow;

    /// <summary>Bytes of a vector.</summary>
    public int Bytes { get; }

    /// <summary>Vectors that hold a row of 32 lanes.</summary>
    public int Parts(bool wide) => (wide ? 256 : 128) / Bytes;

    /// <summary>Lanes of a vector.</summary>
    public int Lanes(bool wide) => Bytes / (wide ? 8 : 4);

    /// <summary>The vector type of an element type.</summary>
    public Type Of(Type element) => generic.MakeGenericType(element);

    /// <summary>An operator of the vector type, both operands vectors, or the second an int where it is a shift.</summary>
    public MethodInfo Operator(string name, Type element) => found.GetOrAdd($"{name} {element.Name}", _ =>
    {
        Type vector = Of(element);
        Type[] parameters = name.Contains("Shift", StringComparison.Ordinal) ? [vector, typeof(int)]
            : name is "op_OnesComplement" or "op_UnaryNegation" ? [vector] : [vector, vector];
        return vector.GetMethod(name, parameters) ?? throw new MissingMethodException(vector.Name, name);
    });

    /// <summary>A static method that takes vectors of this element type.</summary>
    public MethodInfo Method(string name, Type element, int vectors) =>
        found.GetOrAdd($"{name} {element.Name} {vectors}", _ => Find(name, element, [.. Enumerable.Repeat(Of(element), vectors)]));

    /// <summary>The vector with these elements: one for all lanes, or one a lane.</summary>
    public MethodInfo Create(Type element, int values) =>
        found.GetOrAdd($"Create {element.Name} {values}", _ => operations.GetMethod("Create", [.. Enumerable.Repeat(element, values)]) ?? throw new MissingMethodException(operations.Name, "Create"));

    /// <summary>The two halves as one vector.</summary>
    public MethodInfo Join(Type element, VectorSet half) =>
        found.GetOrAdd($"Join {element.Name}", _ => Find("Create", element, [half.Of(element), half.Of(element)]));

    /// <summary>The same bits with another element type.</summary>
    public MethodInfo Cast(Type from, Type to) =>
        found.GetOrAdd($"As {from.Name} {to.Name}", _ => Find("As" + to.Name, from, [Of(from)]));

    private MethodInfo Find(string name, Type element, Type[] parameters)
    {
        foreach (MethodInfo method in operations.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (method.Name != name || method.GetParameters().Length != parameters.Length)
            {
                continue;
            }

            MethodInfo candidate = method;
            if (method.IsGenericMethodDefinition)
            {
                if (method.GetGenericArguments().Length != 1)
                {
                    continue;
                }

                candidate = method.MakeGenericMethod(element);
            }

            if (candidate.GetParameters().Select(p => p.ParameterType).SequenceEqual(parameters))
            {
                return candidate;
            }
        }

        throw new MissingMethodException(operations.Name, name);
    }
}
