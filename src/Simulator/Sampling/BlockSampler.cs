namespace KernelForge.Simulator.Sampling;

/// <summary>A block to run.</summary>
/// <param name="Linear">Its number, x fastest.</param>
/// <param name="X">Its place in x.</param>
/// <param name="Y">Its place in y.</param>
/// <param name="Z">Its place in z.</param>
/// <param name="Stratum">What it stands for: 0 the interior, 1 the boundary. Give it to <c>LaunchCounters.UseStratum</c>.</param>
public readonly record struct SampledBlock(long Linear, int X, int Y, int Z, int Stratum);

/// <summary>
/// Which blocks of a launch to run at <c>full</c> size, for the price of the budget. Deterministic: the same grid, seed
/// and costs give the same blocks. Order: the first block; then, if the whole launch fits the budget, all others in
/// ascending order; else the last block, the corners, the middles of the far edges, and groups spread over the grid, one of
/// them before the corners: a seeded place, its neighbours in x, y and z and one at a distance of a power of two in x, whose overlaps tell the
/// DRAM model what unsampled neighbours would have shared. It decides nothing about correctness.
/// </summary>
public sealed class BlockSampler
{
    private const double GoldenRatio = 0.6180339887498949;
    private const int LeastBlocks = 8;
    private readonly (int X, int Y, int Z) _grid;
    private readonly double _budget;
    private readonly double _offset;
    private readonly Queue<SampledBlock> _queue = [];
    private readonly HashSet<long> _taken = [];
    private readonly long[] _takenByStratum = new long[2];
    private bool _decided;
    private long _groups;
    private long _sequential;

    /// <summary>Makes a sampler.</summary>
    /// <param name="grid">Blocks in x, y and z, each at least 1.</param>
    /// <param name="seed">Chooses the places of the groups.</param>
    /// <param name="budgetLaneInstructions">PTX instructions × active threads to spend; a few blocks are run in any case.</param>
    /// <exception cref="ArgumentOutOfRangeException">An empty grid or a negative budget.</exception>
    public BlockSampler((int X, int Y, int Z) grid, ulong seed, double budgetLaneInstructions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grid.X, 1, nameof(grid));
        ArgumentOutOfRangeException.ThrowIfLessThan(grid.Y, 1, nameof(grid));
        ArgumentOutOfRangeException.ThrowIfLessThan(grid.Z, 1, nameof(grid));
        ArgumentOutOfRangeException.ThrowIfNegative(budgetLaneInstructions);
        _grid = grid;
        _budget = budgetLaneInstructions;
        var mixed = (seed + 0x9E3779B97F4A7C15UL) * 0xBF58476D1CE4E5B9UL;
        _offset = ((mixed ^ (mixed >> 29)) >> 11) / (double)(1UL << 53);
    }

    /// <summary>Blocks of the launch.</summary>
    public long Blocks => (long)_grid.X * _grid.Y * _grid.Z;

    /// <summary>Blocks given out so far.</summary>
    public long Taken => _takenByStratum[0] + _takenByStratum[1];

    /// <summary>Share of the launch given out so far, 0–1: the outcome's <c>sampled_share</c>.</summary>
    public double Share => (double)Taken / Blocks;

    /// <summary>True once it is known that every block will be run.</summary>
    public bool RunsEverything { get; private set; }

    /// <summary>Weights of the strata so far (blocks ÷ blocks given out): what <c>LaunchCounters.Totals</c> takes.</summary>
    public double[] Weights
    {
        get
        {
            var boundary = Blocks - Interior(_grid.X) * Interior(_grid.Y) * Interior(_grid.Z);
            double[] sizes = [Blocks - boundary, boundary];
            double[] weights = [_takenByStratum[0] == 0 ? 0 : sizes[0] / _takenByStratum[0], _takenByStratum[1] == 0 ? 0 : sizes[1] / _takenByStratum[1]];

            // A stratum that nothing was drawn from is stood for by the other.
            if (_takenByStratum[0] == 0 && _takenByStratum[1] > 0)
            {
                weights[1] += sizes[0] / _takenByStratum[1];
            }
            else if (_takenByStratum[1] == 0 && _takenByStratum[0] > 0)
            {
                weights[0] += sizes[1] / _takenByStratum[0];
            }

            return weights;
        }
    }

    /// <summary>The next block to run.</summary>
    /// <param name="laneInstructionsSpent">What the blocks so far cost in all (<c>LaunchCounters.LaneInstructions</c>).</param>
    /// <param name="block">The block.</param>
    /// <returns>False when the budget is spent or every block was run.</returns>
    public bool TryNext(double laneInstructionsSpent, out SampledBlock block)
    {
        if (Taken == 0)
        {
            block = Take(0);
            return true;
        }

        if (!_decided)
        {
            _decided = true;
            RunsEverything = laneInstructionsSpent * Blocks <= _budget || Blocks <= LeastBlocks;
            if (!RunsEverything)
            {
                EnqueueBoundary();
            }
        }

        if (RunsEverything)
        {
            block = ++_sequential < Blocks ? Take(_sequential) : default;
            return _sequential < Blocks;
        }

        block = default;
        if (Taken >= Blocks || (Taken >= LeastBlocks && laneInstructionsSpent + (laneInstructionsSpent / Taken) > _budget))
        {
            return false;
        }

        // Groups repeat places in small grids: give up the search after a while.
        for (var tries = 0; _queue.Count == 0 && tries < 64; tries++)
        {
            EnqueueGroup();
        }

        if (_queue.Count == 0)
        {
            return false;
        }

        block = _queue.Dequeue();
        _takenByStratum[block.Stratum]++;
        return true;
    }

    private static long Interior(int extent) => extent > 1 ? extent - 1 : 1;

    private SampledBlock Take(long linear)
    {
        var block = At(linear);
        _taken.Add(linear);
        _takenByStratum[block.Stratum]++;
        return block;
    }

    private SampledBlock At(long linear)
    {
        var x = (int)(linear % _grid.X);
        var y = (int)(linear / _grid.X % _grid.Y);
        var z = (int)(linear / ((long)_grid.X * _grid.Y));
        return new SampledBlock(linear, x, y, z, IsBoundary(x, y, z) ? 1 : 0);
    }

    private bool IsBoundary(int x, int y, int z) =>
        (_grid.X > 1 && x == _grid.X - 1) || (_grid.Y > 1 && y == _grid.Y - 1) || (_grid.Z > 1 && z == _grid.Z - 1);

    private void Enqueue(long x, long y, long z)
    {
        if (x >= _grid.X || y >= _grid.Y || z >= _grid.Z)
        {
            return;
        }

        var linear = x + (_grid.X * (y + (_grid.Y * z)));
        if (_taken.Add(linear))
        {
            _queue.Enqueue(At(linear));
        }
    }

    private void EnqueueBoundary()
    {
        var (x, y, z) = (_grid.X - 1L, _grid.Y - 1L, _grid.Z - 1L);
        Enqueue(x, y, z);

        // A group early: a launch of few huge blocks still tells how neighbours overlap.
        EnqueueGroup();
        Enqueue(x, 0, 0);
        Enqueue(0, y, 0);
        Enqueue(0, 0, z);
        Enqueue(x, y / 2, z / 2);
        Enqueue(x / 2, y, z / 2);
        Enqueue(x / 2, y / 2, z);
    }

    private void EnqueueGroup()
    {
        // A low-discrepancy sequence: every prefix is spread evenly over the launch.
        var place = (_offset + (_groups * GoldenRatio)) % 1.0;
        var block = At((long)(place * Blocks));
        var distance = 2L << (int)(_groups % 12);
        _groups++;
        Enqueue(block.X, block.Y, block.Z);
        Enqueue(block.X + 1L, block.Y, block.Z);
        Enqueue(block.X, block.Y + 1L, block.Z);
        Enqueue(block.X, block.Y, block.Z + 1L);
        Enqueue(block.X + distance, block.Y, block.Z);
    }
}
