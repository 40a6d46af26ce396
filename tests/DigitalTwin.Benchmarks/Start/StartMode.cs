using DigitalTwin.Benchmarks.Running;

namespace DigitalTwin.Benchmarks.Start;

/// <summary>
/// How long a large table takes to open, and how long the app takes from the start of its process to being ready on it. The files are
/// in the page cache, as they are after a restart of the app and not after one of the machine.
/// </summary>
internal static class StartMode
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        using var temporary = new ScratchFolder();
        var app = await AppFolder.LocateAsync(options, temporary.Path);
        var (items, runs) = (options.Number("items", 1_000_000), options.Number("runs", 3));
        var table = new TextTable(
            $"data folder (medians of {runs})", "table MiB", "open table ms", "resident MiB", "app start to ready ms", "resident MiB", "peak MiB");
        var folders = options.Find("folder") ?? temporary.Path;
        await MeasureFirstStartsAsync(app, folders, runs, table);
        foreach (var end in Enum.GetValues<TableEnd>())
        {
            var data = Directory.CreateDirectory(Path.Combine(folders, $"data-{end}")).FullName;
            Console.WriteLine($"Filling {data} …");
            await using (await AppProcess.StartAsync(app, data))
            {
                // Seeds the folder, so that the starts below do not.
            }

            await TableProcess.FillAsync(TableOf(data), items, end);
            table.Add([$"{TextTable.Number(items)} items, {Words(end)}", .. await MeasureAsync(app, data, runs, end is TableEnd.Kill)]);
            Directory.Delete(data, recursive: true);
        }

        table.Print();
    }

    private static async Task MeasureFirstStartsAsync(string app, string folders, int runs, TextTable table)
    {
        var data = Path.Combine(folders, "data-first");
        var starts = new List<(double Ready, ProcessFigures Figures)>();
        for (var run = 0; run < runs; run++)
        {
            starts.Add(await StartAppAsync(app, data, kill: false));
            if (run < runs - 1)
            {
                Directory.Delete(data, recursive: true);
            }
        }

        table.Add(["none: first start, seeds", "-", "-", "-", .. Cells(starts)]);
        table.Add(["seeded", .. await MeasureAsync(app, data, runs, kill: false)]);
        Directory.Delete(data, recursive: true);
    }

    private static async Task<string[]> MeasureAsync(string app, string data, int runs, bool kill)
    {
        var opened = new List<(double Milliseconds, double Resident)>();
        var size = new DirectoryInfo(TableOf(data)).EnumerateFiles().Sum(file => file.Length) / 1048576.0;
        for (var run = 0; run < runs; run++)
        {
            opened.Add(await TableProcess.OpenAsync(TableOf(data)));
        }

        var started = new List<(double Ready, ProcessFigures Figures)>();
        for (var run = 0; run < runs; run++)
        {
            started.Add(await StartAppAsync(app, data, kill));
        }

        return [TextTable.Number(size), Median(opened, o => o.Milliseconds), Median(opened, o => o.Resident), .. Cells(started)];
    }

    private static async Task<(double Ready, ProcessFigures Figures)> StartAppAsync(string app, string data, bool kill)
    {
        await using var running = await AppProcess.StartAsync(app, data);
        var figures = (running.TimeToReady.TotalMilliseconds, running.Figures);
        if (kill)
        {
            running.Kill();
        }

        return figures;
    }

    private static string[] Cells(List<(double Ready, ProcessFigures Figures)> starts) =>
        [Median(starts, s => s.Ready), Median(starts, s => s.Figures.ResidentMegabytes), Median(starts, s => s.Figures.PeakMegabytes)];

    private static string Median<T>(IEnumerable<T> values, Func<T, double> figure) => TextTable.Number(Benchmarks.Median.Of(values.Select(figure)));

    private static string Words(TableEnd end) => end switch
    {
        TableEnd.Kill => "killed while writing",
        TableEnd.Snapshot => "compacted and closed",
        _ => "closed",
    };

    /// <summary>Where the app has its table.</summary>
    private static string TableOf(string data) => Path.Combine(data, "table");
}
