using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace DigitalTwin.Hosting.Pages;

/// <summary>The pages and the files that they load, as the build of <c>src/web</c> left them in <c>wwwroot</c>.</summary>
internal static class PagesFeature
{
    /// <summary>The build names these by their content, so they never change.</summary>
    private const string AssetsFolder = "assets/";

    private const string Html = "text/html; charset=utf-8";
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings(WidgetSettings.From(builder.Configuration));
        builder.Services.AddSingleton<VisitorPage>();

        // As published: otherwise a build's files would be served without their compression and without being kept.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] ??= "false";

        // A build serves the source folder through its manifest. What is published has the files beside it, wherever it is started from.
        builder.WebHost.UseStaticWebAssets();
        var published = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (Directory.Exists(published))
        {
            builder.Environment.WebRootPath = published;
            builder.Environment.WebRootFileProvider = new PhysicalFileProvider(published);
        }
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapMethods("/", Reading, GetPageAsync).ExcludeFromDescription();
        app.MapMethods("/s/{sessionId}", Reading, GetPageAsync).ExcludeFromDescription();
        app.MapMethods("/index.html", Reading, () => TypedResults.Redirect("/", permanent: true)).ExcludeFromDescription();
        app.MapStaticAssets().Add(KeepAssets);
    }

    /// <summary>A link to a session opens the same page: whose session it is shows only when the page asks for it.</summary>
    private static async Task<TaggedContent> GetPageAsync(HttpContext context, VisitorPage page)
    {
        var current = await page.CurrentAsync(context.RequestAborted);
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        return TakesGzip(context.Request.Headers.AcceptEncoding)
            ? new TaggedContent(current.Gzip, Html, current.GzipTag, "gzip")
            : new TaggedContent(current.Plain, Html, current.PlainTag);
    }

    /// <summary>RFC 9110 §12.5.3, without the asterisk.</summary>
    private static bool TakesGzip(StringValues accepted) =>
        StringWithQualityHeaderValue.TryParseList(accepted, out var codings)
        && codings.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);

    private static void KeepAssets(EndpointBuilder endpoint)
    {
        if (endpoint is not RouteEndpointBuilder { RoutePattern.RawText: { } path } || !path.TrimStart('/').StartsWith(AssetsFolder, StringComparison.Ordinal))
        {
            return;
        }

        var serve = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context =>
        {
            context.Response.OnStarting(static state => Keep((HttpResponse)state), context.Response);
            return serve(context);
        };
    }

    private static Task Keep(HttpResponse response)
    {
        if (response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status206PartialContent or StatusCodes.Status304NotModified)
        {
            response.Headers.CacheControl = "public, max-age=31536000, immutable";
        }

        return Task.CompletedTask;
    }
}
