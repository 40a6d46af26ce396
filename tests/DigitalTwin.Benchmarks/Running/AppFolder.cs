using System.Diagnostics;

namespace DigitalTwin.Benchmarks.Running;

/// <summary>Finds or makes the published app.</summary>
internal static class AppFolder
{
    /// <summary>The app's assembly: the one named by <c>--app</c>, or one published into <paramref name="temporary"/>.</summary>
    public static async Task<string> LocateAsync(BenchmarkOptions options, string temporary)
    {
        if (options.Find("app") is { } app)
        {
            return File.Exists(app) ? Path.GetFullPath(app) : throw new BenchmarkException($"There is no {app}.");
        }

        return await PublishAsync(Path.Combine(temporary, "app"));
    }

    /// <summary>Publishes the app into a folder; returns its assembly.</summary>
    public static async Task<string> PublishAsync(string output, params string[] switches)
    {
        var project = Path.Combine(Repository(), "src", "DigitalTwin");
        Console.WriteLine($"Publishing {project} …");
        var start = new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", "-o", output, "--nologo", "-v", "quiet", .. switches]) { RedirectStandardOutput = true };
        using var publish = Process.Start(start)!;
        var said = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? Path.Combine(output, "DigitalTwin.dll") : throw new BenchmarkException($"dotnet publish failed.\n{said}");
    }

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DigitalTwin.sln")))
            {
                return folder.FullName;
            }
        }

        throw new BenchmarkException("DigitalTwin.sln is not in a folder above this program; name the published app with --app.");
    }
}
