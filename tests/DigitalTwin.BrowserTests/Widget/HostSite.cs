using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DigitalTwin.BrowserTests.Widget;

/// <summary>
/// Somebody else's site, as strict as a site can be: it lets in the twin's script and frame, and no style, no markup from strings and no
/// request of its own.
/// </summary>
public sealed class HostSite : IAsyncDisposable
{
    private readonly WebApplication app;
    private string policy = "";
    private string body = "";

    private HostSite(WebApplication app)
    {
        this.app = app;
        app.Run(ServeAsync);
    }

    public Uri Address => new(app.Urls.First());

    public static async Task<HostSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = new HostSite(builder.Build());
        await site.app.StartAsync();
        return site;
    }

    /// <param name="twin">Whose widget the page may show.</param>
    /// <param name="elements">The page's own use of it.</param>
    public void Embed(Uri twin, string elements)
    {
        var origin = twin.GetLeftPart(UriPartial.Authority);
        policy = $"default-src 'none'; script-src {origin}; frame-src {origin}; style-src 'none'; img-src data:; base-uri 'none'; "
            + "require-trusted-types-for 'script'; trusted-types 'none'";
        body = $"""
            <!doctype html>
            <html lang="en">
            <head>
            <title>A site with a twin</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,">
            <script src="{origin}/widget.js" async></script>
            </head>
            <body><main><h1>A site</h1><p>It has a <a href="#">link</a>.</p></main>{elements}</body>
            </html>
            """;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private Task ServeAsync(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = policy;
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
