using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Polly;
using Polly.Retry;

namespace DigitalTwin.Aws;

/// <summary>
/// Signed JSON calls to AWS. Every failure is an <see cref="AwsServiceException"/>. A plain call is tried three times in all when it
/// is throttled, fails on the service's side or finds no connection; a stream is opened once, and never again after it has begun.
/// </summary>
public sealed class AwsClient : IDisposable
{
    private const int Retries = 2;
    private const int LargestAnswer = 16 * 1024 * 1024;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(200);

    /// <summary>Longer than the 20 seconds that SQS may hold a request for a message.</summary>
    private static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(30);

    private readonly AwsSettings _settings;
    private readonly AWSCredentials _credentials;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _retry;

    public AwsClient(AwsSettings settings, AWSCredentials credentials, TimeProvider time)
    {
        (_settings, _credentials, _time) = (settings, credentials, time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A signature is for one address.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // A stream left early is not paid for any longer.
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(200),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        _retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = Retries,
                ShouldHandle = new PredicateBuilder().Handle<AwsServiceException>(failure => failure.IsTransient),
                DelayGenerator = attempt => ValueTask.FromResult<TimeSpan?>(Backoff(attempt.AttemptNumber)),
            })
            .Build();
    }

    /// <param name="region">Null for the one of the settings.</param>
    /// <exception cref="AwsServiceException">The call failed, or its answer is not what the service promises.</exception>
    internal async Task<TResponse> CallAsync<TRequest, TResponse>(
        AwsOperation operation, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TResponse> responseType,
        CancellationToken cancellationToken, string? region = null)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        var answer = await _retry.ExecuteAsync(
            async cancelled => await TryAsync(operation, body, RegionOf(operation, region), cancelled), cancellationToken);
        try
        {
            // What has nothing to say may say it without the braces.
            return JsonSerializer.Deserialize(answer.Length == 0 ? "{}"u8 : answer, responseType) ?? throw AwsServiceException.Of(operation, AwsServiceException.Malformed);
        }
        catch (JsonException)
        {
            throw AwsServiceException.Of(operation, AwsServiceException.Malformed);
        }
    }

    /// <summary>Waits for the headers only. One try and no timeout: both are the caller's, who knows what a late answer is worth.</summary>
    internal async Task<HttpResponseMessage> OpenAsync<TRequest>(
        AwsOperation operation, TRequest request, JsonTypeInfo<TRequest> requestType, CancellationToken cancellationToken, string? region = null)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        var response = await SendAsync(operation, body, RegionOf(operation, region), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw AwsServiceException.FromResponse(operation, response, await BodyAsync(operation, response, cancellationToken));
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> TryAsync(AwsOperation operation, byte[] body, string region, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TryTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var response = await SendAsync(operation, body, region, HttpCompletionOption.ResponseContentRead, either.Token);
            var answer = await BodyAsync(operation, response, either.Token);
            return response.IsSuccessStatusCode ? answer : throw AwsServiceException.FromResponse(operation, response, answer);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw AwsServiceException.Of(operation, AwsServiceException.TimedOut);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        AwsOperation operation, byte[] body, string region, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(_settings.AddressOf(operation.Service, region), operation.Path));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(operation.Service.ContentType);
        if (operation.Service.TargetPrefix is { } target)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Target", $"{target}.{operation.Name}");
        }

        var credentials = await CredentialsAsync(operation, cancellationToken);
        SigV4.Sign(request, body, credentials, operation.Service.SigningName, region, _time.GetUtcNow());
        try
        {
            return await _http.SendAsync(request, completion, cancellationToken);
        }
        catch (HttpRequestException)
        {
            throw AwsServiceException.Of(operation, AwsServiceException.Unreachable);
        }
    }

    private static async Task<byte[]> BodyAsync(AwsOperation operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw AwsServiceException.Of(operation, AwsServiceException.ConnectionLost);
        }
    }

    private async Task<ImmutableCredentials> CredentialsAsync(AwsOperation operation, CancellationToken cancellationToken)
    {
        try
        {
            return await _credentials.GetCredentialsAsync().WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException and not OutOfMemoryException)
        {
            throw AwsServiceException.Of(operation, AwsServiceException.NoCredentials);
        }
    }

    private string RegionOf(AwsOperation operation, string? region) =>
        region ?? _settings.Region ?? throw new BadSettingsException($"Twin:Aws:Region (or AWS_REGION) is missing; {operation.Service.Name} needs it.");

    /// <summary>The parts of a path are escaped already; as a whole it goes behind whatever path the address has.</summary>
    private static Uri Address(Uri service, string path) => new(service.AbsoluteUri.TrimEnd('/') + path);

    /// <summary>Exponential with full jitter.</summary>
    private static TimeSpan Backoff(int attempt) =>
        TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, ((int)FirstBackoff.TotalMilliseconds << attempt) + 1));
}
