using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace DigitalTwin.Tests.Storage.Embedded;

/// <summary>The writing process, to be killed or starved of disk; it never outlives its test.</summary>
internal sealed class CrashWriter : IDisposable
{
    private static readonly string Executable = typeof(CrashWriter).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "CrashWriter").Value! + (OperatingSystem.IsWindows() ? ".exe" : "");

    public static CrashWriter Start(string folder) => Start(Executable, folder, "write");

    /// <summary>Does jobs, and kills itself at that step; the clock of each start is an hour later.</summary>
    public static CrashWriter StartOnJobs(string folder, int killAt, int start) =>
        Start(Executable, folder, "jobs", killAt.ToString(CultureInfo.InvariantCulture), start.ToString(CultureInfo.InvariantCulture));

    private CrashWriter(Process process) => Process = process;

    public Process Process { get; }

    /// <summary>With a limit on the size of any file, which fails writes like a full disk does; in units of 512 or 1,024 bytes.</summary>
    public static CrashWriter StartOnFullDisk(string folder, int blocks) =>
        Start("/bin/sh", "-c", $"trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$1\" fill", Executable, folder);

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
        }

        Process.Dispose();
    }

    private static CrashWriter Start(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true };
        // The runtime's double mapping of code needs a large file, if only one in memory.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return new CrashWriter(Process.Start(start)!);
    }
}
