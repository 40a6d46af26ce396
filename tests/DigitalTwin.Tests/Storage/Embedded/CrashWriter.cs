using System.Diagnostics;
using System.Reflection;

namespace DigitalTwin.Tests.Storage.Embedded;

/// <summary>The writing process, to be killed or starved of disk.</summary>
internal static class CrashWriter
{
    private static readonly string Executable = typeof(CrashWriter).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "CrashWriter").Value! + (OperatingSystem.IsWindows() ? ".exe" : "");

    public static Process Start(string folder) => Start(Executable, folder, "write");

    /// <summary>With a limit on the size of any file, which fails writes like a full disk does; in units of 512 or 1,024 bytes.</summary>
    public static Process StartOnFullDisk(string folder, int blocks) =>
        Start("/bin/sh", "-c", $"trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$1\" fill", Executable, folder);

    private static Process Start(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true };
        // The runtime's double mapping of code needs a large file, if only one in memory.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return Process.Start(start)!;
    }
}
