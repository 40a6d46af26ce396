using System.Diagnostics;
using System.Globalization;

namespace DigitalTwin.Benchmarks.Running;

/// <summary>What a process takes of the machine.</summary>
/// <param name="ResidentMegabytes">Memory in RAM, in MiB: <c>VmRSS</c> on Linux.</param>
/// <param name="PeakMegabytes">The most so far, in MiB: <c>VmHWM</c> on Linux.</param>
/// <param name="Processor">Time on the cores, user and system, of all threads.</param>
internal readonly record struct ProcessFigures(double ResidentMegabytes, double PeakMegabytes, TimeSpan Processor)
{
    public static ProcessFigures Of(Process process)
    {
        process.Refresh();
        return OperatingSystem.IsLinux()
            ? new(Status(process.Id, "VmRSS:"), Status(process.Id, "VmHWM:"), process.TotalProcessorTime)
            : new(process.WorkingSet64 / 1048576.0, process.PeakWorkingSet64 / 1048576.0, process.TotalProcessorTime);
    }

    private static double Status(int process, string name)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line[name.Length..^"kB".Length], CultureInfo.InvariantCulture) / 1024;
    }
}
