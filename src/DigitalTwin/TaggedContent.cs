using Microsoft.Net.Http.Headers;

namespace DigitalTwin;

/// <summary>A body that the client may have already: with an <c>ETag</c>, and 304 without a body for <c>If-None-Match</c> (RFC 9110 §13.1.2).</summary>
/// <param name="tag">Strong and in quotes; another encoding is another tag.</param>
internal sealed class TaggedContent(byte[] body, string contentType, string tag, string? encoding = null) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.ETag = tag;
        if (IsKnown(httpContext.Request))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (encoding is not null)
        {
            response.Headers.ContentEncoding = encoding;
        }

        await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }

    private bool IsKnown(HttpRequest request) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(new EntityTagHeaderValue(tag), useStrongComparison: false));
}
