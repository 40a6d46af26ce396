using System.Text.Json;
using System.Text.Json.Nodes;

namespace DigitalTwin.Aws;

/// <summary>
/// A call to AWS failed. Carries what a log may hold and support may ask for: service, operation, error code, status and request id.
/// On purpose it has neither the service's own words nor an inner exception: those may repeat a prompt, a message or a secret.
/// </summary>
/// <param name="status">The HTTP status; null when no answer came.</param>
/// <param name="code">AWS's name of the error, such as <c>ThrottlingException</c>; <c>Unreachable</c>, <c>ConnectionLost</c>, <c>Timeout</c>, <c>NoCredentials</c> or <c>Malformed</c> of ours.</param>
public sealed class AwsServiceException(string service, string operation, string code, int? status = null, string? requestId = null)
    : Exception($"{service} {operation} failed: {code} ({(status is null ? "no answer" : $"status {status}")}{(requestId is null ? "" : $", request {requestId}")}).")
{
    internal const string Unreachable = "Unreachable";
    internal const string ConnectionLost = "ConnectionLost";
    internal const string TimedOut = "Timeout";
    internal const string NoCredentials = "NoCredentials";
    internal const string Malformed = "Malformed";
    private const int LongestName = 100;
    private static readonly string[] ThrottlingCodes = ["RequestLimitExceeded", "SlowDown"];

    public string Code { get; } = code;

    public int? Status { get; } = status;

    /// <summary>The id that AWS gave the request, for its support; null when no answer came.</summary>
    public string? RequestId { get; } = requestId;

    public bool IsThrottling =>
        Status == 429 || Code.Contains("Throttl", StringComparison.Ordinal) || Code.StartsWith("TooManyRequests", StringComparison.Ordinal) || ThrottlingCodes.Contains(Code);

    /// <summary>True when asking the same again may succeed. 424 is how Bedrock says that the model broke.</summary>
    public bool IsTransient => IsThrottling || Status is 408 or 424 or >= 500 || Code is Unreachable or ConnectionLost or TimedOut;

    internal static AwsServiceException Of(AwsOperation operation, string code, int? status = null, string? requestId = null) =>
        new(operation.Service.Name, operation.Name, code, status, requestId);

    /// <summary>
    /// Reads an error answer of the AWS JSON and REST JSON protocols: the code stands in <c>x-amzn-ErrorType</c>, or in the body as
    /// <c>__type</c> or <c>code</c>, with a namespace before '#' or a link behind ':'.
    /// </summary>
    internal static AwsServiceException FromResponse(AwsOperation operation, HttpResponseMessage response, ReadOnlySpan<byte> body) => Of(
        operation,
        Name(Header(response, "x-amzn-ErrorType") ?? TypeIn(body)) ?? "Unknown",
        (int)response.StatusCode,
        RequestIdOf(response));

    /// <summary>An exception that came as a message of a stream; its name begins there with a small letter.</summary>
    internal static AwsServiceException FromStream(AwsOperation operation, string type, int? status, HttpResponseMessage response) => Of(
        operation,
        Plain(type) is { } name ? char.ToUpperInvariant(name[0]) + name[1..] : "Unknown",
        status,
        RequestIdOf(response));

    internal static string? RequestIdOf(HttpResponseMessage response) => Plain(Header(response, "x-amzn-RequestId") ?? Header(response, "x-amz-request-id"));

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static string? TypeIn(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            return JsonNode.Parse(ref reader) is JsonObject error
                ? (error["__type"] ?? error["code"]) is JsonValue value && value.TryGetValue(out string? text) ? text : null
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Name(string? type) => type is null ? null : Plain(type[(type.IndexOf('#') + 1)..].Split(':')[0]);

    /// <summary>What an answer says of itself goes into logs, so that anything but a plain name is dropped.</summary>
    private static string? Plain(string? text) =>
        text is { Length: > 0 and <= LongestName } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? text : null;
}
