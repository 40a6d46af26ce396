using System.Diagnostics;
using DigitalTwin.Benchmarks.Running;

namespace DigitalTwin.Benchmarks.Load;

/// <summary>What one run of the load showed.</summary>
/// <param name="ServerMicroseconds">The server's time on the cores per request; NaN when the server is not ours.</param>
/// <param name="DriverMicroseconds">The driver's own.</param>
/// <param name="DriverBytes">What the driver allocated per request.</param>
/// <param name="Others">The share of the cores that went to neither: what disturbed the measurement; NaN when the server is not ours.</param>
internal sealed record LoadRun(
    LatencyHistogram Whole, LatencyHistogram FirstEvent, long Errors, double Seconds, double ServerMicroseconds, double DriverMicroseconds, double DriverBytes,
    double Others)
{
    public double PerSecond => (Whole.Count - Errors) / Seconds;

    /// <summary>Lets all connections ask for so many seconds.</summary>
    public static LoadRun Of(IReadOnlyList<LoadConnection> connections, int seconds, AppProcess? app)
    {
        foreach (var connection in connections)
        {
            connection.Clear();
        }

        var server = app?.Figures.Processor;
        var busy = Machine.Busy();
        var driver = Environment.CpuUsage.TotalTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        using (var over = new CountdownEvent(connections.Count))
        {
            foreach (var connection in connections)
            {
                connection.Start(start + (seconds * Stopwatch.Frequency), over);
            }

            over.Wait();
        }

        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var bytes = GC.GetTotalAllocatedBytes() - allocated;
        var driverTime = Environment.CpuUsage.TotalTime - driver;
        var serverTime = app?.Figures.Processor - server;
        var others = (Machine.Busy() - busy - driverTime - serverTime)?.TotalSeconds / (elapsed * Environment.ProcessorCount);
        var (whole, first) = (new LatencyHistogram(), new LatencyHistogram());
        foreach (var connection in connections)
        {
            whole.Add(connection.Whole);
            first.Add(connection.FirstEvent);
        }

        var count = Math.Max(1.0, whole.Count);
        return new LoadRun(
            whole, first, connections.Sum(connection => connection.Errors), elapsed,
            serverTime?.TotalMicroseconds / count ?? double.NaN, driverTime.TotalMicroseconds / count, bytes / count, others ?? double.NaN);
    }
}
