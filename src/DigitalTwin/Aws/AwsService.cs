namespace DigitalTwin.Aws;

/// <summary>How one service is addressed and spoken to.</summary>
/// <param name="Name">For errors and logs.</param>
/// <param name="SigningName">The name in the signature's scope.</param>
/// <param name="HostPrefix">The first part of the host, before the region.</param>
/// <param name="EndpointVariable">The variable that sets another address, by the rule of AWS's SDKs: the service id in capitals.</param>
/// <param name="ContentType">The media type of its JSON.</param>
/// <param name="TargetPrefix">For services that are told the operation in <c>X-Amz-Target</c>; null for those that have a path for each.</param>
internal sealed record AwsService(
    string Name, string SigningName, string HostPrefix, string EndpointVariable, string ContentType, string? TargetPrefix = null)
{
    public static AwsService SecretsManager { get; } = new(
        "Secrets Manager", "secretsmanager", "secretsmanager", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "application/x-amz-json-1.1", "secretsmanager");

    public static AwsService Sqs { get; } = new("SQS", "sqs", "sqs", "AWS_ENDPOINT_URL_SQS", "application/x-amz-json-1.0", "AmazonSQS");

    public static AwsService BedrockRuntime { get; } = new(
        "Bedrock", "bedrock", "bedrock-runtime", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "application/json");

    public static AwsService BedrockAgentRuntime { get; } = new(
        "Bedrock knowledge bases", "bedrock", "bedrock-agent-runtime", "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME", "application/json");

    public static IReadOnlyList<AwsService> All { get; } = [SecretsManager, Sqs, BedrockRuntime, BedrockAgentRuntime];

    /// <summary>An operation that is a POST to <paramref name="path"/>, whose parts must be escaped already.</summary>
    public AwsOperation Operation(string name, string path = "/") => new(this, name, path);
}

/// <param name="Name">As the service knows it: <c>GetSecretValue</c>.</param>
internal sealed record AwsOperation(AwsService Service, string Name, string Path);
