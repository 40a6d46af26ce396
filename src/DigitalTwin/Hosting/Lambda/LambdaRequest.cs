using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>An HTTP request that arrived as an event, as the pipeline wants to see it.</summary>
internal sealed class LambdaRequest(byte[] body, long? maxBodySize)
    : IHttpRequestFeature, IHttpRequestBodyDetectionFeature, IHttpMaxRequestBodySizeFeature, IHttpConnectionFeature
{
    public string Protocol { get; set; } = "HTTP/1.1";

    public string Scheme { get; set; } = "https";

    public string Method { get; set; } = HttpMethods.Get;

    public string PathBase { get; set; } = "";

    public string Path { get; set; } = "/";

    public string QueryString { get; set; } = "";

    public string RawTarget { get; set; } = "/";

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body { get; set; } = Stream.Null;

    public bool CanHaveBody => body.Length > 0;

    public bool IsReadOnly { get; private set; }

    public long? MaxRequestBodySize { get; set; } = maxBodySize;

    public string ConnectionId { get; set; } = "";

    public IPAddress? RemoteIpAddress { get; set; }

    public int RemotePort { get; set; }

    public IPAddress? LocalIpAddress { get; set; }

    public int LocalPort { get; set; }

    /// <summary>Whether the answer may be streamed: the event came through a function URL.</summary>
    public bool TakesStream { get; init; }

    /// <summary>What the JWT authorizer of the HTTP API has verified; null when none stands before this route.</summary>
    public VerifiedClaims? Claims { get; init; }

    /// <summary>The body as it is read; what is longer than its route takes is refused when it is first asked for.</summary>
    public Stream OpenBody() => body.Length == 0 ? Stream.Null : new RequestBody(body, this);

    private void CheckSize()
    {
        IsReadOnly = true;
        if (body.Length > MaxRequestBodySize)
        {
            throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge);
        }
    }

    /// <summary>Every way of reading a <see cref="MemoryStream"/> ends in one of these.</summary>
    private sealed class RequestBody(byte[] bytes, LambdaRequest request) : MemoryStream(bytes, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            request.CheckSize();
            return base.Read(buffer, offset, count);
        }

        public override int Read(Span<byte> buffer)
        {
            request.CheckSize();
            return base.Read(buffer);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            request.CheckSize();
            return base.ReadAsync(buffer, cancellationToken);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            request.CheckSize();
            return base.ReadAsync(buffer, offset, count, cancellationToken);
        }

        public override int ReadByte()
        {
            request.CheckSize();
            return base.ReadByte();
        }

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            request.CheckSize();
            return base.CopyToAsync(destination, bufferSize, cancellationToken);
        }
    }
}
