using System.Globalization;

namespace DigitalTwin.Benchmarks.Load;

/// <summary>Whole answers and streams, from as many visitors as there are connections.</summary>
internal static class LoadMode
{
    private const int TurnsPerSession = 50;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        await using var target = await LoadTarget.OpenAsync(options);
        var memory = new TextTable("server memory", "resident MiB", "peak MiB", "turns stored");
        var turns = 0L;
        Remember("idle after start");
        foreach (var route in RoutesOf(options))
        {
            turns += Measure(target, route, options);
            Remember($"after {Name(route)}");
        }

        if (target.App is not null)
        {
            memory.Print();
        }

        void Remember(string when)
        {
            if (target.App?.Figures is { } figures)
            {
                memory.Add(when, Figure(figures.ResidentMegabytes), Figure(figures.PeakMegabytes), Figure(turns));
            }
        }
    }

    private static ChatRoute[] RoutesOf(BenchmarkOptions options) => options.Word("route", "both", "chat", "stream") switch
    {
        "chat" => [ChatRoute.Chat],
        "stream" => [ChatRoute.Stream],
        _ => [ChatRoute.Chat, ChatRoute.Stream],
    };

    /// <summary>Prints the table of one route; returns how many turns the server has answered.</summary>
    private static long Measure(LoadTarget target, ChatRoute route, BenchmarkOptions options)
    {
        var (seconds, runs, warmup) = (options.Number("seconds", 10), options.Number("runs", 3), options.Number("warmup", 5));
        var turnsPerSession = options.Word("sessions", "own", "new") == "own" ? TurnsPerSession : 1;
        var connections = Enumerable.Range(0, options.Number("connections", 16))
            .Select(number => new LoadConnection(target.EndPoint, route, turnsPerSession, firstQuestion: number * 7)).ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Name(route)}: {connections.Length} connections, {(turnsPerSession == 1 ? "a session per turn" : $"sessions of {turnsPerSession} turns")}, "
            + $"{runs} runs of {seconds} s after {warmup} s of warm-up, driver on the same {Environment.ProcessorCount} cores"));
        var total = LoadRun.Of(connections, warmup, target.App).Whole.Count;
        var measured = new List<LoadRun>();
        for (var run = 0; run < runs; run++)
        {
            measured.Add(LoadRun.Of(connections, seconds, target.App));
        }

        Print(route, measured);
        if (connections.Select(connection => connection.FirstError).FirstOrDefault(error => error is not null) is { } error)
        {
            Console.WriteLine($"The first error was: {error}");
        }

        Array.ForEach(connections, connection => connection.Dispose());
        return total + measured.Sum(run => run.Whole.Count);
    }

    private static void Print(ChatRoute route, List<LoadRun> runs)
    {
        string[] streamHeads = route is ChatRoute.Stream ? ["first event p50 ms", "p99 ms"] : [];
        var table = new TextTable(
            ["run", "answers/s", "p50 ms", "p99 ms", "max ms", .. streamHeads, "errors", "server CPU µs/turn", "driver CPU µs/turn", "driver B/turn", "others' CPU %"]);
        var rows = runs.ConvertAll(run => Values(route, run));
        for (var i = 0; i < rows.Count; i++)
        {
            table.Add([(i + 1).ToString(CultureInfo.InvariantCulture), .. rows[i].Select(Figure)]);
        }

        table.Add(["median", .. Enumerable.Range(0, rows[0].Length).Select(column => Figure(Median.Of(rows.Select(row => row[column]))))]);
        table.Print();
    }

    private static double[] Values(ChatRoute route, LoadRun run)
    {
        double[] first = route is ChatRoute.Stream ? [run.FirstEvent.Percentile(0.5), run.FirstEvent.Percentile(0.99)] : [];
        return
        [
            run.PerSecond, run.Whole.Percentile(0.5), run.Whole.Percentile(0.99), run.Whole.Longest, .. first, run.Errors,
            run.ServerMicroseconds, run.DriverMicroseconds, run.DriverBytes, run.Others * 100,
        ];
    }

    private static string Name(ChatRoute route) => route is ChatRoute.Stream ? "POST /api/chat/stream" : "POST /api/chat";

    private static string Figure(double value) => TextTable.Number(value, value < 100 && value != Math.Truncate(value) ? "N2" : "N0");
}
