using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;

namespace DigitalTwin.Storage.Aws;

/// <summary>
/// Repeats what may pass: throttling, server errors, broken connections and timeouts. The SDK's own pauses between tries grow to 20
/// seconds, longer than anybody waits for an answer; these grow to one second, by full jitter.
/// </summary>
internal static class AwsCalls
{
    private const int Tries = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Throws what the last try threw.</summary>
    public static async Task<T> TryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (attempt < Tries && MayPass(e, cancellationToken))
            {
                await PauseAsync(attempt, cancellationToken);
            }
        }
    }

    /// <summary>Waits before the next try, by real time: the service does not know a clock that a test holds.</summary>
    public static Task PauseAsync(int attempt, CancellationToken cancellationToken)
    {
        var longest = Math.Min(LongestPause.TotalMilliseconds, FirstPause.TotalMilliseconds * Math.Pow(2, attempt - 1));
        return Task.Delay(RandomNumberGenerator.GetInt32((int)longest + 1), cancellationToken);
    }

    /// <summary>Whether the service could not be reached, or would not serve; what is wrong with a request is a bug.</summary>
    public static bool IsUnavailable(Exception e, CancellationToken cancellationToken) =>
        e is AmazonServiceException { ErrorCode: not "ValidationException" } or AmazonClientException || IsBroken(e, cancellationToken);

    /// <summary>Why, for the one who runs the twin: a service's code, since its text may quote an item; else the first sentence.</summary>
    public static string Reason(Exception e) => e switch
    {
        AmazonServiceException refused => refused.ErrorCode,
        AmazonClientException or HttpRequestException => e.Message.Split(". ")[0].TrimEnd('.'),
        _ => e.GetType().Name,
    };

    private static bool MayPass(Exception e, CancellationToken cancellationToken) => IsBroken(e, cancellationToken)
        || e is AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout }
        || e is AmazonServiceException
        {
            ErrorCode: "ProvisionedThroughputExceededException" or "ThrottlingException" or "RequestLimitExceeded" or "TransactionInProgressException" or "SlowDown" or "RequestTimeout"
                or "ConditionalRequestConflict",
        };

    private static bool IsBroken(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException or TimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
