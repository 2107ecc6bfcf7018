using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>
/// <c>evolve</c>: islands that keep an <see cref="Archive"/> each. A generation is four rounds side by side; parents are drawn by speed and by how rarely they were
/// used, some children have two parents, copies are not judged, and every few generations islands show each other their best. What is drawn follows from
/// the run and the round, and from the attempts before the generation began, so that a generation that broke off is finished as it began.
/// </summary>
internal sealed class EvolveStrategy(string name) : Strategy(name, usesJudge: false)
{
    /// <summary>Rounds of a generation.</summary>
    internal const int Generation = 4;

    private const int Islands = 2;
    private const int GenerationsToMigration = 3;
    private const int MostCorrections = 2;
    private const double RepairShare = 0.5;
    private const double CrossoverShare = 0.35;

    /// <summary>A plateau counts generations, not rounds.</summary>
    internal override RunLimits Limits(RunLimits asked) => asked with { PlateauRounds = asked.PlateauRounds * Generation };

    internal override async Task<Stop?> AdvanceAsync(RunSession session, CancellationToken cancellationToken)
    {
        var done = session.Attempts.Count;
        var start = done - done % Generation;
        if ((done == start || done >= session.Limits.Rounds) && StopAtEnd(session) is { } stop)
        {
            return stop;
        }

        if (session.BeforeCall() is { } spent)
        {
            return spent;
        }

        var before = session.Attempts.Take(start).ToList();
        var end = Math.Min(start + Generation, session.Limits.Rounds);
        var left = session.Limits.Calls is { } calls ? calls - session.Usage.Calls : int.MaxValue;
        var proposals = Enumerable.Range(done, end - done).Take(left)
            .Select(round => new Proposal(StepOf(session.Request.RunId, round, before), session.Coders[0], null) { RefuseCopies = true }).ToList();
        return await session.AttemptAllAsync(proposals, cancellationToken);
    }

    private static Stop? StopAtEnd(RunSession session) =>
        StopRule.AfterAttempt(session.Limits, session.Attempts, session.Best)
        ?? (session.Best is { } best ? StopRule.BeforeOptimisation(session.Limits, session.Attempts, best) : null);

    /// <summary>What a round starts from: a function of the run's name, the round, and the attempts before its generation.</summary>
    internal static NextStep StepOf(string run, int round, IReadOnlyList<AttemptRecord> before)
    {
        Dice dice = new($"{run}|evolve|{round}");
        var island = round % Islands;
        var own = before.Where(attempt => attempt.Round % Islands == island).ToList();
        var archive = Archive.Of(own.Concat(Migrants(round, island, before)));
        var broken = own.Where(attempt => attempt is { Code: not null, Outcome: not Passed } && Corrections(attempt, before) < MostCorrections && before.All(child => child.Parent != attempt.Round)).ToList();
        if (broken.Count > 0 && (archive.Elites.Count == 0 || dice.Chance(RepairShare)))
        {
            return new NextStep(RoundModes.Correction, broken.OrderBy(attempt => NextStep.Distance(attempt.Outcome)).ThenBy(attempt => attempt.Round).Last(), Sight.Nothing);
        }

        if (archive.Elites.Count == 0)
        {
            return new NextStep(RoundModes.First, null, Sight.Nothing);
        }

        var parent = Draw(archive.Elites, before, dice);
        var others = archive.Elites.Where(elite => elite != parent).ToList();
        return others.Count > 0 && dice.Chance(CrossoverShare)
            ? new NextStep(RoundModes.Optimisation, parent, Sight.Siblings, Draw(others, before, dice))
            : new NextStep(RoundModes.Optimisation, parent, Sight.Siblings);
    }

    /// <summary>The faster the likelier, the more often used the less likely.</summary>
    private static AttemptRecord Draw(IReadOnlyList<AttemptRecord> elites, IReadOnlyList<AttemptRecord> before, Dice dice) =>
        dice.Pick(elites.Index().ToList(), each => 1.0 / (1 + each.Index) / (1 + before.Count(child => child.Parent == each.Item.Round || child.SecondParent == each.Item.Round))).Item;

    /// <summary>The best of every other island as the latest migration found it.</summary>
    private static IEnumerable<AttemptRecord> Migrants(int round, int island, IReadOnlyList<AttemptRecord> before)
    {
        var migration = round / (Generation * GenerationsToMigration) * (Generation * GenerationsToMigration);
        return Enumerable.Range(0, Islands).Where(other => other != island)
            .Select(other => BestAttempt.Of(before.Where(attempt => attempt.Round < migration && attempt.Round % Islands == other))).OfType<AttemptRecord>();
    }

    /// <summary>How many corrections in a row led to an attempt.</summary>
    private static int Corrections(AttemptRecord attempt, IReadOnlyList<AttemptRecord> before)
    {
        var count = 0;
        for (AttemptRecord? each = attempt; each is { Mode: RoundModes.Correction }; each = before.FirstOrDefault(other => other.Round == each.Parent))
        {
            count++;
        }

        return count;
    }
}
