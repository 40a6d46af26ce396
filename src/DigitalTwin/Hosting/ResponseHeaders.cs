using DigitalTwin.Hosting.Pages;

namespace DigitalTwin.Hosting;

/// <summary>The security headers of every response, and the check that state changes come from our own pages.</summary>
internal sealed class ResponseHeaders(RequestDelegate next, WidgetSettings widget)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Swagger UI styles elements inline and builds markup from strings.</summary>
    private const string SwaggerPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The visitor's page may be shown by the sites that the owner named; nothing else of ours may.</summary>
    private readonly string visitorPolicy = Policy.Replace(
        "frame-ancestors 'self'", string.Join(' ', widget.AllowedOrigins.Prepend("frame-ancestors 'self'")), StringComparison.Ordinal);

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PolicyFor(context.Request.Path);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        if (context.Request.Path.StartsWithSegments("/api"))
        {
            headers.CacheControl = "no-store";
        }

        return IsForeignChange(context.Request) ? TwinProblem.ForeignOrigin().ExecuteAsync(context) : next(context);
    }

    private string PolicyFor(PathString path) =>
        path.StartsWithSegments("/swagger") ? SwaggerPolicy : path == "/" || path.StartsWithSegments("/s") ? visitorPolicy : Policy;

    /// <summary>Browsers send Origin with every cross-site POST, PUT and DELETE; whatever sends none is no browser page.</summary>
    private static bool IsForeignChange(HttpRequest request)
    {
        var method = request.Method;
        if (request.Headers.Origin.Count == 0 || HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method))
        {
            return false;
        }

        return !Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin)
            || !string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }
}
