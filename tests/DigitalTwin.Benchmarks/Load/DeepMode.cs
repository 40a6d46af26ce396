namespace DigitalTwin.Benchmarks.Load;

/// <summary>Whether a turn takes longer in a long session: a further turn of a short and of a long one, by turns and with the same questions.</summary>
internal static class DeepMode
{
    private const int ShortTurns = 10;
    private const int TurnsPerShortSession = 5;
    private const double Goal = 1.2;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        await using var target = await LoadTarget.OpenAsync(options);
        var (turns, measured) = (options.Number("turns", 10_000), options.Number("measured", 400));
        using var deep = new BlockingVisitor(target.EndPoint);
        for (var turn = 0; turn < turns; turn++)
        {
            deep.Ask();
        }

        var (shortTimes, deepTimes) = (new List<double>(measured), new List<double>(measured));
        using var other = new BlockingVisitor(target.EndPoint);
        while (deepTimes.Count < measured)
        {
            other.Visitor.LeaveSession();
            other.Visitor.Question = deep.Visitor.Question + Questions.All.Count - ShortTurns;
            for (var turn = 0; turn < ShortTurns; turn++)
            {
                other.Ask();
            }

            for (var turn = 0; turn < TurnsPerShortSession; turn++)
            {
                shortTimes.Add(other.Ask());
                deepTimes.Add(deep.Ask());
            }
        }

        Print(turns, Median.Of(shortTimes), Median.Of(deepTimes), deepTimes.Count);
    }

    private static void Print(int turns, double shortMedian, double deepMedian, int measured)
    {
        var table = new TextTable($"a further turn, one visitor, {measured} measured", "median ms");
        table.Add($"after {ShortTurns} turns", TextTable.Number(shortMedian, "N3"));
        table.Add($"after {TextTable.Number(turns)} turns", TextTable.Number(deepMedian, "N3"));
        table.Add($"ratio (goal: at most {TextTable.Number(Goal, "N1")})", TextTable.Number(deepMedian / shortMedian, "N2"));
        table.Print();
    }
}
