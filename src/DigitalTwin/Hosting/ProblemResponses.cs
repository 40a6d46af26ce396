using System.Text.Json;
using DigitalTwin.Storage;
using Microsoft.Net.Http.Headers;

namespace DigitalTwin.Hosting;

/// <summary>
/// Gives every error the one shape: what a request did wrong, what is broken, and bare status codes that routing or binding left. The
/// text of an exception stays in the log.
/// </summary>
internal sealed partial class ProblemResponses(RequestDelegate next, ILogger<ProblemResponses> logger)
{
    private const string Unreadable = "The request could not be read.";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            ClearAnswer(context);
            await Translate(context, e).ExecuteAsync(context);
            return;
        }

        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null })
        {
            await OfStatus(context).ExecuteAsync(context);
        }
    }

    private TwinProblem Translate(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return TooLarge(context);
            case BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType }:
                return TwinProblem.UnsupportedMediaType("Send the body as application/json.");
            case BadHttpRequestException { InnerException: JsonException json }:
                return BadJson(json);
            case JsonException json:
                return BadJson(json);
            case BadHttpRequestException bad:
                return TwinProblem.Validation(BadRequestDetail(bad));
            case IOException { InnerException: OverflowException }:
                return TwinProblem.Validation("The body has a chunk of an impossible size.");
            case InvalidOperationException when HasForeignCharset(context.Request):
                return TwinProblem.UnsupportedMediaType("Send the body in UTF-8.");
            case StorageUnavailableException:
                Log.StorageUnavailable(logger, exception);
                return TwinProblem.Unavailable();
            default:
                Log.Unhandled(logger, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "no route", exception);
                return TwinProblem.Internal();
        }
    }

    private static TwinProblem BadJson(JsonException json)
    {
        var place = json.LineNumber is { } line
            ? $" at line {line + 1}, byte {json.BytePositionInLine + 1}"
            : "";
        var member = json.Path is { Length: > 1 } path ? $" (member {path})" : "";
        return TwinProblem.Validation(
            $"The body is not the JSON that this route takes{place}{member}. Check the syntax, the types and the names of its members, "
            + $"and that it nests at most {TwinJson.MaxDepth} deep.");
    }

    private static string BadRequestDetail(BadHttpRequestException bad) =>
        bad.Message.Contains("body", StringComparison.OrdinalIgnoreCase) ? "The body is missing or null, or it was cut off." : Unreadable;

    /// <summary>The framework meets a charset that it does not know with an exception for programmers.</summary>
    private static bool HasForeignCharset(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.Charset.HasValue
        && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static TwinProblem OfStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => TwinProblem.NoRoute(),
        StatusCodes.Status405MethodNotAllowed => TwinProblem.MethodNotAllowed(),
        StatusCodes.Status413PayloadTooLarge => TooLarge(context),
        StatusCodes.Status415UnsupportedMediaType => TwinProblem.UnsupportedMediaType("Send the body as application/json."),
        StatusCodes.Status401Unauthorized => TwinProblem.Unauthorized(),
        >= 500 => TwinProblem.Internal(),
        // The limit of lists is the only parameter with a type and a default, for which binding leaves a bare 400.
        _ => TwinProblem.Validation(context.Request.Query.ContainsKey("limit") ? PageRequest.LimitDetail : Unreadable),
    };

    private static TwinProblem TooLarge(HttpContext context)
    {
        var limit = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        return TwinProblem.PayloadTooLarge(limit is null ? "The body is too large." : $"The body may have at most {limit} bytes.");
    }

    /// <summary>Drops what the failed handler prepared, but not the headers that every response carries.</summary>
    private static void ClearAnswer(HttpContext context)
    {
        context.Response.ContentLength = null;
        context.Response.ContentType = null;
        context.Response.Headers.Remove("ETag");
        context.Response.Headers.Remove("Content-Disposition");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The store is not available.")]
        public static partial void StorageUnavailable(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "{Method} {Endpoint} failed.")]
        public static partial void Unhandled(ILogger logger, string method, string endpoint, Exception exception);
    }
}
