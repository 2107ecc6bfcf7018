namespace KernelForge.Simulator.Model;

/// <summary>A source line and what it costs.</summary>
/// <param name="Line">Line in the solution's own file, from 1.</param>
/// <param name="Executed">PTX instructions of the line that warps executed.</param>
/// <param name="SectorsPerRequest">32-byte sectors a global or local request; null where the line makes none.</param>
/// <param name="BankConflicts">Shared memory wavefronts beyond the fewest possible.</param>
/// <param name="CostShare">The line's share of the modelled SM cycles of all lines, 0–1.</param>
public sealed record HotLine(int Line, double Executed, double? SectorsPerRequest, double BankConflicts, double CostShare);
