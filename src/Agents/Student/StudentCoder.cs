using KernelForge.Agents.Search;

namespace KernelForge.Agents.Student;

/// <summary>The student as a Coder: from what it is shown, and chance, a solution.</summary>
internal sealed class StudentCoder(StudentSkill skill)
{
    /// <summary>Its answer; null where it knows nothing of the operator.</summary>
    public StudentAnswer? Answer(StudentPrompt prompt, Dice dice)
    {
        if (Knowledge.Of(prompt.Task) is not { } family)
        {
            return null;
        }

        return prompt switch
        {
            { Broken: { } code } => Repair(family, code, prompt, dice),
            { Best: { } code, Other: { } other } => Cross(family, code, other, dice),
            { Best: { } code } => Improve(family, code, prompt, dice),
            _ => First(family, dice),
        };
    }

    private StudentAnswer First(KernelFamily family, Dice dice)
    {
        var design = family.Naive with { Block = dice.Pick([128, 256, 512]) };
        var open = Move.Open(family, design);
        if (dice.Chance(0.25))
        {
            design = dice.Pick(open).Apply(design);
        }

        return Written(family, design, skill.MistakeInFirst, "Correct comes first: a plain kernel with a guarded tail.", dice);
    }

    private StudentAnswer Repair(KernelFamily family, string code, StudentPrompt prompt, Dice dice)
    {
        if (Design.Read(code) is not { } design)
        {
            return Written(family, family.Naive, skill.MistakeInRepair, "I do not see through this kernel and write a plain one.", dice);
        }

        var right = family.Write(design);
        if (code == right || Bug.All.FirstOrDefault(each => each.Into(right) == code) is not { } bug)
        {
            return Written(family, family.Naive, skill.MistakeInRepair, "This design does not work; back to the plain kernel.", dice);
        }

        var chance = prompt.Advice is { } advice && Speaks(advice, bug) ? skill.CureByAdvice
            : prompt.Advice is null && Speaks(prompt.Evidence, bug) ? skill.CureByEvidence
            : skill.CureByChance;
        return dice.Chance(chance)
            ? Written(family, design, skill.MistakeInRepair, bug.Cure, dice)
            : new StudentAnswer(code, "The kernel looks right to me; I leave it as it is.");
    }

    private StudentAnswer Improve(KernelFamily family, string code, StudentPrompt prompt, Dice dice)
    {
        var design = Design.Read(code) ?? family.Naive;
        var open = Move.Open(family, design);
        if (open.Count == 0)
        {
            return new StudentAnswer(family.Write(design), "I know nothing more that would help here.");
        }

        var meant = prompt.Advice is { } advice ? Move.Meant(advice, open) : null;
        var move = meant is not null && dice.Chance(skill.Obedience) ? meant : dice.Pick(open);
        return Written(family, move.Apply(design), skill.MistakeInChange, move.Why, dice);
    }

    private StudentAnswer Cross(KernelFamily family, string code, string other, Dice dice)
    {
        var (left, right) = (Design.Read(code) ?? family.Naive, Design.Read(other) ?? family.Naive);
        T Either<T>(Func<Design, T> of) => of(dice.Chance(0.5) ? left : right);
        Design child = new()
        {
            Block = Either(d => d.Block),
            Vector = Math.Max(left.Vector, right.Vector),
            Unroll = Either(d => d.Unroll),
            Split = Either(d => d.Split),
            Tile = Math.Max(left.Tile, right.Tile),
            Padded = Either(d => d.Padded),
            GridStride = Either(d => d.GridStride),
            Shuffles = Either(d => d.Shuffles),
            OnePass = Either(d => d.OnePass),
            Tuned = Either(d => d.Tuned),
        };
        return Written(family, child, skill.MistakeInChange, "The child takes the wide accesses and the tiles of either parent.", dice);
    }

    private static StudentAnswer Written(KernelFamily family, Design design, double mistake, string why, Dice dice)
    {
        var code = family.Write(design);
        if (!dice.Chance(mistake))
        {
            return new StudentAnswer(code, why);
        }

        var wrong = Bug.All.Select(bug => bug.Into(code)).OfType<string>().ToList();
        return new StudentAnswer(dice.Pick(wrong), why);
    }

    private static bool Speaks(string text, Bug bug)
    {
        var lower = text.ToLowerInvariant();
        return bug.Symptoms.Any(symptom => lower.Contains(symptom, StringComparison.Ordinal));
    }
}

/// <summary>A solution and why.</summary>
internal sealed record StudentAnswer(string Code, string Why);
