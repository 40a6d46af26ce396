using System.Globalization;

namespace DigitalTwin.Benchmarks.Running;

/// <summary>What the whole machine's cores did, to tell a quiet measurement from a disturbed one.</summary>
internal static class Machine
{
    private const double TicksPerSecond = 100;

    /// <summary>Time that all cores together were busy since the machine started; null where the system does not say.</summary>
    public static TimeSpan? Busy()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        // cpu  user nice system idle iowait irq softirq steal …, in ticks.
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ticks = fields.Skip(1).Take(8).Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return TimeSpan.FromSeconds((ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond);
    }
}
