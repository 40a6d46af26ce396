namespace DigitalTwin.Engines;

/// <summary>
/// An engine could not answer, or fell silent in the middle. Carries the engine's name and a short code such as <c>http_429</c>,
/// <c>first_token_timeout</c>, <c>silent</c> or <c>connection_lost</c>, and on purpose neither the upstream's own words nor an inner
/// exception: those may repeat the prompt or the key.
/// </summary>
public sealed class EngineFailedException(string engine, string code) : Exception($"The engine {engine} failed: {code}.")
{
    public string Engine { get; } = engine;

    public string Code { get; } = code;

    /// <summary>True when asking the same again may succeed.</summary>
    public bool IsTransient { get; init; }

    /// <summary>True when the engine is well but will not answer this request, so that the next one may fare better.</summary>
    public bool BlamesRequest { get; init; }

    /// <summary>How long the upstream asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <param name="isTransient">What the upstream has said of it besides the status, if anything.</param>
    internal static EngineFailedException FromStatus(string engine, int status, TimeSpan? retryAfter, bool isTransient = false) => new(engine, $"http_{status}")
    {
        IsTransient = isTransient || status is 408 or 409 or 429 or >= 500,
        BlamesRequest = status is 400 or 413 or 422,
        RetryAfter = retryAfter,
    };

    internal static EngineFailedException From(string engine, Exception exception) => exception switch
    {
        EngineFailedException failure => failure,
        HttpRequestException or HttpIOException or IOException => new(engine, ConnectionCode(exception)) { IsTransient = true },
        TimeoutException or OperationCanceledException => new(engine, "upstream_timeout"),
        _ => new(engine, "unexpected"),
    };

    private static string ConnectionCode(Exception exception) =>
        (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "name_not_resolved",
            HttpRequestError.ConnectionError => "not_connected",
            HttpRequestError.SecureConnectionError => "tls_failed",
            _ => "connection_lost",
        };
}
