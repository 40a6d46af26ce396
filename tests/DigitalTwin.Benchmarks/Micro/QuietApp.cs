using DigitalTwin.Benchmarks.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DigitalTwin.Benchmarks.Micro;

/// <summary>The app in this process with the sample persona, started but without a server: its parts can be called.</summary>
internal sealed class QuietApp : IAsyncDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly WebApplication app;

    private QuietApp()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Twin:DataPath", folder.Path), new("urls", "http://127.0.0.1:0")]);
        builder.AddTwin();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IServer, NoServer>();
        app = builder.Build();
    }

    public IServiceProvider Parts => app.Services;

    public static async Task<QuietApp> StartAsync()
    {
        var quiet = new QuietApp();
        await quiet.app.StartAsync();
        return quiet;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        folder.Dispose();
    }

    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
