using System.Diagnostics;
using DigitalTwin.Tests.Testing;
using DigitalTwin.Tests.Testing.Lambda;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>The published application in a process of its own, with a Runtime API before it and a data folder behind.</summary>
internal sealed class PublishedTwin : IAsyncDisposable
{
    public const string OwnerKey = TwinFixture.OwnerKey;

    private static readonly Lazy<Task<string>> Assembly = new(PublishAsync);

    /// <summary>The published <c>.dll</c>.</summary>
    public static Task<string> AssemblyPath => Assembly.Value;

    private readonly TempFolder folder;

    private PublishedTwin(LoopbackRuntimeApi runtime, LambdaProcess process, TempFolder folder) => (Runtime, Process, this.folder) = (runtime, process, folder);

    public LoopbackRuntimeApi Runtime { get; }

    public LambdaProcess Process { get; }

    public static async Task<PublishedTwin> StartAsync(params (string Setting, string Value)[] settings)
    {
        var assembly = await Assembly.Value;
        var (runtime, folder) = (await LoopbackRuntimeApi.StartAsync(), new TempFolder());
        (string, string)[] own = [("Twin:DataPath", folder.File("data")), ("Twin:Owner:Key", OwnerKey), ("Twin:Signing:Key", TestCookie.SigningKey)];
        return new PublishedTwin(runtime, LambdaProcess.Start(assembly, runtime.Address, [.. own, .. settings]), folder);
    }

    /// <summary>Sends an event and waits for the whole answer.</summary>
    public async Task<LambdaAnswer> AnswerAsync(string eventJson)
    {
        using var call = Runtime.Invoke(eventJson);
        return await LambdaAnswer.OfAsync(call);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Runtime.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Once for all tests, from what these tests were built with; the folder goes when they end.</summary>
    private static async Task<string> PublishAsync()
    {
        var output = Directory.CreateTempSubdirectory("digitaltwin-published-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(output, recursive: true);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["publish", Repository.Path("src", "DigitalTwin"), "--no-build", "-c", configuration, "-o", output, "--nologo", "-v", "quiet"])
        {
            RedirectStandardOutput = true,
        };
        using var publish = System.Diagnostics.Process.Start(start)!;
        var said = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? Path.Combine(output, "DigitalTwin.dll") : throw new InvalidOperationException($"dotnet publish failed:\n{said}");
    }
}
