using DigitalTwin.Tests.Testing;
using DigitalTwin.Tests.Testing.Lambda;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>The twin on Lambda's server inside the tests' own process, for what needs routes or work that only a test has.</summary>
internal sealed class LambdaHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TempFolder folder;

    private LambdaHost(LoopbackRuntimeApi runtime, WebApplication app, TempFolder folder) => (Runtime, this.app, this.folder) = (runtime, app, folder);

    public LoopbackRuntimeApi Runtime { get; }

    public IServiceProvider Services => app.Services;

    /// <param name="services">What the test registers besides the twin's own.</param>
    /// <param name="routes">The test's own routes.</param>
    public static async Task<LambdaHost> StartAsync(
        Action<IServiceCollection>? services = null, Action<WebApplication>? routes = null, params (string Setting, string Value)[] settings)
    {
        var (runtime, folder) = (await LoopbackRuntimeApi.StartAsync(), new TempFolder());
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(Program).Assembly.GetName().Name,
            ContentRootPath = Repository.Path("src", "DigitalTwin"),
        });
        (string, string)[] own =
        [
            ("AWS_LAMBDA_RUNTIME_API", runtime.Address), ("Twin:DataPath", folder.File("data")), ("Twin:Owner:Key", TwinFixture.OwnerKey), ("Twin:LogLevel", "Fatal"),
        ];
        foreach (var (setting, value) in own.Concat(settings))
        {
            builder.Configuration[setting] = value;
        }

        builder.AddTwin();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapTwin();
        routes?.Invoke(app);
        await app.StartAsync();
        return new LambdaHost(runtime, app, folder);
    }

    public async Task<LambdaAnswer> AnswerAsync(string eventJson)
    {
        using var call = Runtime.Invoke(eventJson);
        return await LambdaAnswer.OfAsync(call);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await Runtime.DisposeAsync();
        folder.Dispose();
    }
}
