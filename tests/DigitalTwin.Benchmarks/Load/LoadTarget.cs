using System.Net;
using DigitalTwin.Benchmarks.Running;

namespace DigitalTwin.Benchmarks.Load;

/// <summary>The server under load: one that runs already, or the app, started for this and stopped in the end.</summary>
internal sealed class LoadTarget : IAsyncDisposable
{
    private readonly ScratchFolder? folder;

    private LoadTarget(IPEndPoint endPoint, AppProcess? app, ScratchFolder? folder) => (EndPoint, App, this.folder) = (endPoint, app, folder);

    public IPEndPoint EndPoint { get; }

    /// <summary>Null when the server is not ours.</summary>
    public AppProcess? App { get; }

    public static async Task<LoadTarget> OpenAsync(BenchmarkOptions options)
    {
        if (options.Find("url") is { } url)
        {
            var uri = Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme == Uri.UriSchemeHttp
                ? parsed
                : throw new BenchmarkException("--url takes an http:// address.");
            return new LoadTarget(new IPEndPoint((await Dns.GetHostAddressesAsync(uri.Host))[0], uri.Port), null, null);
        }

        var folder = new ScratchFolder();
        try
        {
            var assembly = await AppFolder.LocateAsync(options, folder.Path);
            var app = await AppProcess.StartAsync(assembly, options.Find("data") ?? folder.Below("data"));
            return new LoadTarget(app.EndPoint, app, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (App is not null)
        {
            await App.DisposeAsync();
        }

        folder?.Dispose();
    }
}
