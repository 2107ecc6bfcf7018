namespace KernelForge.Simulator.Lowering;

/// <summary>Immediate post-dominators by the Cooper–Harvey–Kennedy iteration on the reversed graph.</summary>
internal static class ControlFlow
{
    /// <summary>Finds them.</summary>
    /// <param name="successors">Successors of each node; a node without any leaves the function.</param>
    /// <returns>For each node its immediate post-dominator, or -1 where that is the end (or is never reached).</returns>
    public static int[] PostDominators(IReadOnlyList<List<int>> successors)
    {
        int n = successors.Count;
        int exit = n;
        var predecessors = new List<int>[n + 1];
        for (int i = 0; i <= n; i++)
        {
            predecessors[i] = [];
        }

        for (int i = 0; i < n; i++)
        {
            if (successors[i].Count == 0)
            {
                predecessors[exit].Add(i);
            }

            foreach (int s in successors[i])
            {
                predecessors[s].Add(i);
            }
        }

        // Post-order of the reversed graph from the exit.
        var order = new int[n + 1];
        Array.Fill(order, -1);
        var sequence = new List<int>();
        var stack = new Stack<(int Node, int Next)>();
        stack.Push((exit, 0));
        var seen = new bool[n + 1];
        seen[exit] = true;
        while (stack.Count > 0)
        {
            (int node, int next) = stack.Pop();
            if (next < predecessors[node].Count)
            {
                stack.Push((node, next + 1));
                int p = predecessors[node][next];
                if (!seen[p])
                {
                    seen[p] = true;
                    stack.Push((p, 0));
                }
            }
            else
            {
                order[node] = sequence.Count;
                sequence.Add(node);
            }
        }

        var idom = new int[n + 1];
        Array.Fill(idom, -1);
        idom[exit] = exit;
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int k = sequence.Count - 2; k >= 0; k--)
            {
                int node = sequence[k];
                int best = -1;
                if (successors[node].Count == 0)
                {
                    best = exit;
                }

                foreach (int s in successors[node])
                {
                    if (idom[s] < 0)
                    {
                        continue;
                    }

                    best = best < 0 ? s : Intersect(best, s, idom, order);
                }

                if (best >= 0 && idom[node] != best)
                {
                    idom[node] = best;
                    changed = true;
                }
            }
        }

        var result = new int[n];
        for (int i = 0; i < n; i++)
        {
            result[i] = idom[i] == exit ? -1 : idom[i];
        }

        return result;
    }

    private static int Intersect(int a, int b, int[] idom, int[] order)
    {
        while (a != b)
        {
            while (order[a] < order[b])
            {
                a = idom[a];
            }

            while (order[b] < order[a])
            {
                b = idom[b];
            }
        }

        return a;
    }
}
