using System.Security.Cryptography;

namespace DigitalTwin.Acceptance.Targets;

/// <summary>Names each body's SHA-256, as the page does: CloudFront signs it for a function URL and refuses a body without.</summary>
internal sealed class SignedBodies(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get)
        {
            var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
            request.Headers.Add("x-amz-content-sha256", Convert.ToHexStringLower(SHA256.HashData(body)));
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
