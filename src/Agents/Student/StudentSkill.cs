namespace KernelForge.Agents.Student;

/// <summary>How good the student is: probabilities.</summary>
internal sealed record StudentSkill
{
    /// <summary>A first solution has a mistake.</summary>
    public double MistakeInFirst { get; init; } = 0.5;

    /// <summary>A change for speed brings one in.</summary>
    public double MistakeInChange { get; init; } = 0.2;

    /// <summary>A repair brings another one in.</summary>
    public double MistakeInRepair { get; init; } = 0.05;

    /// <summary>It finds its mistake by advice that speaks of it.</summary>
    public double CureByAdvice { get; init; } = 0.85;

    /// <summary>It finds its mistake by evidence that speaks of it, without advice.</summary>
    public double CureByEvidence { get; init; } = 0.5;

    /// <summary>It finds its mistake though neither speaks of it.</summary>
    public double CureByChance { get; init; } = 0.25;

    /// <summary>It does what the advice says, where it knows how; else whatever comes to its mind.</summary>
    public double Obedience { get; init; } = 0.85;

    /// <summary>It answers without a solution.</summary>
    public double NoSolution { get; init; } = 0.03;

    /// <summary>As a Judge: it answers in another form than was asked for.</summary>
    public double WrongForm { get; init; } = 0.08;
}
