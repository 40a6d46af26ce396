namespace DigitalTwin.Hosting.Lambda;

/// <summary>What Lambda says of itself in the environment, and section <c>Twin:Lambda</c>.</summary>
internal sealed record LambdaSettings : ICheckedSettings
{
    private const int ShortestSecret = 16;
    private const string RuntimeApiVariable = "AWS_LAMBDA_RUNTIME_API";

    /// <summary>Host and port of the Runtime API.</summary>
    public required string RuntimeApi { get; init; }

    /// <summary>A snapshot of the process is taken before its first event, and each environment starts from that.</summary>
    public bool IsSnapStart { get; init; }

    /// <summary>
    /// <c>Twin:Lambda:OriginVerify</c>: the values, separated by commas, of the header by which CloudFront shows that a request came
    /// through it. Two while they are being rotated; none when there is no CloudFront.
    /// </summary>
    public IReadOnlyList<string> OriginSecrets { get; init; } = [];

    /// <summary>
    /// <c>Twin:Lambda:RotatedSecretId</c>: the ARN of the one secret whose signing key this function rotates; null for functions that
    /// rotate nothing.
    /// </summary>
    public string? RotatedSecretId { get; init; }

    /// <summary><c>Twin:Lambda:Environment</c>: which of several deployments this is, as metrics tell them apart.</summary>
    public string Environment { get; init; } = "";

    /// <summary>Whether this process runs inside Lambda.</summary>
    public static bool IsLambdaProcess => !string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable(RuntimeApiVariable));

    /// <summary>The same, as the settings have it.</summary>
    public static bool IsLambda(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[RuntimeApiVariable]);

    public static LambdaSettings From(IConfiguration configuration) => new()
    {
        RuntimeApi = configuration[RuntimeApiVariable] ?? "",
        IsSnapStart = configuration["AWS_LAMBDA_INITIALIZATION_TYPE"] == "snap-start",
        OriginSecrets = (configuration["Twin:Lambda:OriginVerify"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        Environment = configuration["Twin:Lambda:Environment"] is { Length: > 0 } environment ? environment : "unnamed",
        RotatedSecretId = configuration["Twin:Lambda:RotatedSecretId"] is { Length: > 0 } secretId ? secretId : null,
    };

    public IEnumerable<string> Problems()
    {
        if (OriginSecrets.Any(secret => secret.Length < ShortestSecret))
        {
            yield return $"Twin:Lambda:OriginVerify: each value must have at least {ShortestSecret} characters.";
        }
    }
}
