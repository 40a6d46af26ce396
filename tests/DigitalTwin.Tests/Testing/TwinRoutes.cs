using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.Tests.Testing;

/// <param name="Pattern">As mapped: <c>/api/memory/sessions/{id}</c>.</param>
internal sealed record TwinRoute(string Method, string Pattern)
{
    public override string ToString() => $"{Method} {Pattern}";

    /// <summary>Every route that the running application has mapped, but for the files of the pages.</summary>
    public static IReadOnlyList<TwinRoute> All(TwinFixture twin) =>
    [
        .. twin.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"])
                .Select(method => new TwinRoute(method, "/" + endpoint.RoutePattern.RawText!.Trim('/'))))
            .OrderBy(route => route.ToString(), StringComparer.Ordinal),
    ];
}
