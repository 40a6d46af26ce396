using System.Diagnostics;
using System.Globalization;
using DigitalTwin.Benchmarks.Running;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace DigitalTwin.Benchmarks.Start;

/// <summary>How a process leaves the table behind.</summary>
internal enum TableEnd
{
    /// <summary>Closed.</summary>
    Close,

    /// <summary>Killed while it writes.</summary>
    Kill,

    /// <summary>Compacted to a snapshot, then closed.</summary>
    Snapshot,
}

/// <summary>Fills and opens tables in processes of their own, so that a crash is one and memory is measured from nothing.</summary>
internal static class TableProcess
{
    public const string FillMode = "fill-table";
    public const string OpenMode = "open-table";

    private const int WritesInFlight = 8;

    public static async Task FillAsync(string folder, int items, TableEnd end)
    {
        using var process = Start(FillMode, "--folder", folder, "--items", items.ToString(CultureInfo.InvariantCulture), "--end", end.ToString());
        await process.WaitForExitAsync();
        if (end is not TableEnd.Kill && process.ExitCode != 0)
        {
            throw new BenchmarkException($"Filling {folder} failed.");
        }
    }

    /// <summary>Opens the table once; returns the milliseconds, and the memory of a process that has nothing else.</summary>
    public static async Task<(double Milliseconds, double ResidentMegabytes)> OpenAsync(string folder)
    {
        using var process = Start(OpenMode, "--folder", folder);
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var figures = said.Split(' ');
        return process.ExitCode == 0
            ? (double.Parse(figures[0], CultureInfo.InvariantCulture), double.Parse(figures[1], CultureInfo.InvariantCulture))
            : throw new BenchmarkException($"Opening {folder} failed.");
    }

    /// <summary>The child's part of <see cref="FillAsync(string, int, TableEnd)"/>.</summary>
    public static async Task FillAsync(BenchmarkOptions options)
    {
        await using var table = Open(options);
        var writes = new Queue<Task<WriteResult>>(WritesInFlight);
        foreach (var batch in TableItems.Of(options.Number("items", 1_000_000)).Chunk(ITable.MaxWrites))
        {
            writes.Enqueue(table.WriteAsync(batch).AsTask());
            if (writes.Count == WritesInFlight)
            {
                await writes.Dequeue();
            }
        }

        if (options.Find("end") == nameof(TableEnd.Kill))
        {
            using var own = Process.GetCurrentProcess();
            own.Kill();
        }

        await Task.WhenAll(writes);
        if (options.Find("end") == nameof(TableEnd.Snapshot))
        {
            await table.ScrubAsync();
        }
    }

    /// <summary>The child's part of <see cref="OpenAsync(string)"/>.</summary>
    public static async Task OpenAsync(BenchmarkOptions options)
    {
        var start = Stopwatch.GetTimestamp();
        await using var table = Open(options);
        var elapsed = Stopwatch.GetElapsedTime(start);
        using var own = Process.GetCurrentProcess();
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMilliseconds} {ProcessFigures.Of(own).ResidentMegabytes}"));
    }

    private static EmbeddedTable Open(BenchmarkOptions options) => EmbeddedTable.Open(
        new EmbeddedTableOptions { Folder = options.Find("folder")! }, TimeProvider.System, NullLogger<EmbeddedTable>.Instance);

    private static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [typeof(TableProcess).Assembly.Location, .. arguments]) { RedirectStandardOutput = true })!;
}
