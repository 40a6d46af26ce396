using Amazon;

namespace DigitalTwin.Aws;

/// <summary>
/// Where AWS is. Whoever asks AWS for something takes <see cref="Used"/>: a twin that uses no AWS does not mind what the environment says
/// of it. The credentials are no settings: they come from AWSSDK.Core's chain (environment, profile, role).
/// </summary>
/// <param name="Region"><c>Twin:Aws:Region</c>, else <c>AWS_REGION</c>, else <c>AWS_DEFAULT_REGION</c>; null when none is set.</param>
/// <param name="AppSecretId"><c>Twin:Aws:AppSecretId</c>: name or ARN of a secret with settings as JSON; see <see cref="SecretSettings"/>.</param>
/// <param name="LlmApiKeySecretId"><c>Twin:Aws:LlmApiKeySecretId</c>: name or ARN of a secret that is the key of the OpenAI-compatible engine.</param>
/// <param name="SecretLifetime"><c>Twin:Aws:SecretLifetime</c>: after so long the secrets are read again; four minutes by default, five at most.</param>
/// <param name="Endpoints">Addresses by variable (<c>AWS_ENDPOINT_URL</c>, <c>AWS_ENDPOINT_URL_SQS</c>, …) that go before AWS's own.</param>
public sealed record AwsSettings(
    string? Region, string? AppSecretId, string? LlmApiKeySecretId, TimeSpan SecretLifetime, IReadOnlyDictionary<string, string> Endpoints) : ICheckedSettings
{
    /// <summary>How long a secret may be used before it is read again.</summary>
    internal static readonly TimeSpan LongestSecretLifetime = TimeSpan.FromMinutes(5);

    internal static readonly TimeSpan DefaultSecretLifetime = TimeSpan.FromMinutes(4);
    public const string DynamoDbEndpoint = "AWS_ENDPOINT_URL_DYNAMODB";
    public const string S3Endpoint = "AWS_ENDPOINT_URL_S3";
    private const string EveryService = "AWS_ENDPOINT_URL";

    public static AwsSettings From(IConfiguration configuration) => new(
        Value(configuration["Twin:Aws:Region"]) ?? Value(configuration["AWS_REGION"]) ?? Value(configuration["AWS_DEFAULT_REGION"]),
        Value(configuration["Twin:Aws:AppSecretId"]),
        Value(configuration["Twin:Aws:LlmApiKeySecretId"]),
        configuration.GetValue("Twin:Aws:SecretLifetime", DefaultSecretLifetime),
        AwsService.All.Select(service => service.EndpointVariable).Concat([EveryService, DynamoDbEndpoint, S3Endpoint])
            .Select(variable => (Variable: variable, Address: Value(configuration[variable])))
            .Where(found => found.Address is not null)
            .ToDictionary(found => found.Variable, found => found.Address!));

    /// <summary>The settings for whoever needs them. Throws <see cref="BadSettingsException"/> naming each that is bad.</summary>
    public static AwsSettings Used(IConfiguration configuration)
    {
        var settings = From(configuration);
        settings.Check();
        return settings;
    }

    /// <summary>Whether settings are kept in Secrets Manager.</summary>
    public bool NamesSecrets => AppSecretId is not null || LlmApiKeySecretId is not null;

    /// <summary>The service's own address if one is set, else the one for every service; null when AWS's own is meant.</summary>
    /// <param name="variable">The variable that sets the service's own.</param>
    public string? EndpointOf(string variable) =>
        Endpoints.TryGetValue(variable, out var address) || Endpoints.TryGetValue(EveryService, out address) ? address : null;

    /// <summary>The service's own address if one is set, else the one for every service, else AWS's.</summary>
    internal Uri AddressOf(AwsService service, string region) =>
        EndpointOf(service.EndpointVariable) is { } address
            ? new Uri(address)
            : new Uri($"https://{service.HostPrefix}.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}");

    public IEnumerable<string> Problems()
    {
        if (Region is not null && !IsRegion(Region))
        {
            yield return "Twin:Aws:Region (or AWS_REGION) must be the name of a region, such as eu-central-1.";
        }

        if (Region is null && NamesSecrets)
        {
            yield return "Twin:Aws:Region (or AWS_REGION) is missing; the secrets of Twin:Aws are read from there.";
        }

        if (SecretLifetime < TimeSpan.FromMilliseconds(1) || SecretLifetime > LongestSecretLifetime)
        {
            yield return "Twin:Aws:SecretLifetime must be more than zero and at most five minutes, written as hh:mm:ss.";
        }

        foreach (var variable in Endpoints.Keys.Where(variable => !IsAddress(Endpoints[variable])))
        {
            yield return $"Twin:Aws: {variable} must be an http or https address without credentials, query or fragment.";
        }
    }

    /// <summary>The region becomes part of a host name.</summary>
    internal static bool IsRegion(string name) => name.Length is > 0 and <= 40 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-');

    /// <summary>Whether a request's path can be put behind it.</summary>
    internal static bool IsAddress(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri is { UserInfo: "", Query: "", Fragment: "" };

    private static string? Value(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
