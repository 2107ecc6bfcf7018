using System.CommandLine;
using System.Text.Json;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Json;

namespace KernelForge.Cli.Service;

/// <summary><c>leaderboard</c>: the board. Without a service that is up, one is started for the moment.</summary>
internal static class LeaderboardVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        Option<string?>[] filters =
        [
            new("--task") { Description = "Only this task", HelpName = "TASK" },
            new("--category") { Description = "Only tasks of this category", HelpName = "C" },
            new("--platform") { Description = "Only this platform", HelpName = "P" },
            new("--device") { Description = "Only this GPU or GPU profile", HelpName = "D" },
            new("--baseline") { Description = "Only speed-ups over this baseline", HelpName = "B" },
        ];
        var json = ServiceOptions.Json();
        var command = new Command("leaderboard", "The board: solutions that passed twice, under different secret seeds") { json };
        foreach (var filter in filters)
        {
            command.Add(filter);
        }

        command.SetAction(async (result, cancellationToken) =>
        {
            var asked = filters
                .Select(filter => (Name: filter.Name[2..], Value: result.GetValue(filter)))
                .Where(filter => filter.Value is not null)
                .ToDictionary(filter => filter.Name, filter => filter.Value!, StringComparer.Ordinal);
            await using var service = await SomeService.GetAsync(surroundings, workers: 0, cancellationToken);
            var board = await service.Client.LeaderboardAsync(asked, cancellationToken);
            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(board, ReadableJson.Context.Leaderboard));
            }
            else
            {
                BoardView.Write(surroundings.NewScreen(), board.Rows);
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
