using System.Net;
using System.Net.Sockets;
using System.Text;
using Amazon.Runtime;
using DigitalTwin.Aws;
using DigitalTwin.Tests.Engines;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Aws;

/// <summary>What becomes of a call when the service is not well; the answers come from a socket, byte for byte.</summary>
public sealed class AwsClientTests : IDisposable
{
    private const string Good = "HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{\"SecretString\":\"text\"}";
    private readonly RawServer _server = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly TimerWatch _timers;
    private readonly AwsClient _client;

    public AwsClientTests()
    {
        _timers = new TimerWatch(_clock);
        _client = new AwsClient(EmulatedAws.SettingsFor(_server.Address), new BasicAWSCredentials("AKIDMARKER", "secret-key-marker"), _timers);
    }

    public static TheoryData<string, string> Transient => new()
    {
        { Error(500, "InternalServiceError"), "InternalServiceError" },
        { Error(503, "ServiceUnavailable"), "ServiceUnavailable" },
        { Error(400, "ThrottlingException"), "ThrottlingException" },
        { Error(400, "RequestThrottled"), "RequestThrottled" },
        { Error(429, "TooManyRequestsException"), "TooManyRequestsException" },
        { "HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 9\r\n\r\n<html>no ", "Unknown" },
        { "", "Unreachable" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{\"Secret", "Unreachable" },
    };

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Transient))]
    public async Task What_may_pass_is_tried_three_times_in_all(string answer, string code)
    {
        _server.Otherwise = answer;

        var call = CallAsync();
        Assert.InRange((await NextBackoffAsync(call)).TotalMilliseconds, 1, 200);
        Assert.InRange((await NextBackoffAsync(call)).TotalMilliseconds, 1, 400);
        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => call);

        Assert.Equal((code, true, 3), (failure.Code, failure.IsTransient, _server.Requests.Count));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_second_try_can_succeed_and_is_signed_anew()
    {
        _server.Answers.Enqueue(Error(500, "InternalServiceError"));
        _server.Otherwise = Good;

        var call = CallAsync();
        await NextBackoffAsync(call);

        Assert.Equal("text", await call);
        Assert.Equal(2, _server.Requests.Count);
        Assert.All(_server.Requests, request => Assert.Contains("Authorization: AWS4-HMAC-SHA256 Credential=AKIDMARKER/20300101/eu-central-1/secretsmanager/aws4_request", request, StringComparison.Ordinal));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400, "AccessDeniedException")]
    [InlineData(400, "ResourceNotFoundException")]
    [InlineData(403, "UnrecognizedClientException")]
    [InlineData(302, "Unknown")]
    public async Task What_will_not_pass_is_tried_once(int status, string code)
    {
        _server.Otherwise = code == "Unknown" ? $"HTTP/1.1 {status} Moved\r\nLocation: {_server.Address}\r\nContent-Length: 0\r\n\r\n" : Error(status, code);

        var failure = await Assert.ThrowsAsync<AwsServiceException>(CallAsync);

        Assert.Equal((code, status, false), (failure.Code, failure.Status, failure.IsTransient));
        Assert.Single(_server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_call_that_hangs_is_tried_again_after_30_seconds()
    {
        _server.Answers.Enqueue(null);
        _server.Otherwise = Good;

        var call = CallAsync();
        await _server.ArrivedAsync();
        _clock.Advance(TimeSpan.FromSeconds(30));
        await NextBackoffAsync(call);

        Assert.Equal("text", await call);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancellation_is_no_failure_of_the_service()
    {
        _server.Otherwise = null;
        using var cancel = new CancellationTokenSource();

        var call = new SecretsManager(_client).GetTextAsync("id", cancel.Token);
        await _server.ArrivedAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Single(_server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task An_answer_that_is_none_is_malformed(string body)
    {
        _server.Otherwise = $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

        Assert.Equal("Malformed", (await Assert.ThrowsAsync<AwsServiceException>(CallAsync)).Code);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("x-amzn-ErrorType: com.amazonaws.secretsmanager#LimitExceededException:http://internal/\r\n", "{}", "LimitExceededException")]
    [InlineData("", """{"__type":"com.amazonaws#DecryptionFailure","message":"message-marker"}""", "DecryptionFailure")]
    [InlineData("", """{"code":"InvalidRequestException"}""", "InvalidRequestException")]
    [InlineData("", """{"__type":"message-marker with spaces"}""", "Unknown")]
    [InlineData("", """{"__type":7}""", "Unknown")]
    [InlineData("", "[]", "Unknown")]
    [InlineData("", "message-marker", "Unknown")]
    public async Task An_error_is_its_code_status_and_request_id_and_nothing_else(string header, string body, string code)
    {
        _server.Otherwise = $"HTTP/1.1 400 Bad\r\nx-amzn-RequestId: 1234-abcd\r\n{header}Content-Length: {body.Length}\r\n\r\n{body}";

        var failure = await Assert.ThrowsAsync<AwsServiceException>(CallAsync);

        Assert.Equal($"Secrets Manager GetSecretValue failed: {code} (status 400, request 1234-abcd).", failure.Message);
        Assert.Null(failure.InnerException);
        Assert.DoesNotContain("-marker", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_credentials_nothing_is_sent()
    {
        using var client = new AwsClient(EmulatedAws.SettingsFor(_server.Address), new Engines.Bedrock.FailingCredentials { Fail = true }, _timers);

        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => new SecretsManager(client).GetTextAsync("id", TestContext.Current.CancellationToken));

        Assert.Equal("NoCredentials", failure.Code);
        Assert.DoesNotContain("-marker", failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    private static string Error(int status, string code)
    {
        var body = $$"""{"__type":"{{code}}","message":"message-marker"}""";
        return $"HTTP/1.1 {status} Error\r\nConnection: close\r\nx-amzn-RequestId: 1\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    private async Task<string?> CallAsync() => await new SecretsManager(_client).GetTextAsync("id-marker", TestContext.Current.CancellationToken);

    /// <summary>Waits for the pause before the next try, and lets it pass. The timeouts of the tries are longer and are left alone.</summary>
    private async Task<TimeSpan> NextBackoffAsync(Task call)
    {
        while (true)
        {
            var armed = _timers.ArmedAsync();
            if (await Task.WhenAny(armed, call) == call)
            {
                await call;
                Assert.Fail("The call ended without another try.");
            }

            if (await armed is var wait && wait < TimeSpan.FromSeconds(5) && wait > TimeSpan.Zero)
            {
                _clock.Advance(wait);
                return wait;
            }
        }
    }

    /// <summary>Answers each connection's request with scripted bytes and closes it: "" closes at once, null never answers.</summary>
    private sealed class RawServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly SemaphoreSlim _arrived = new(0);
        private readonly List<string> _requests = [];
        private readonly List<TcpClient> _silent = [];

        public RawServer()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

        public Queue<string?> Answers { get; } = new();

        public string? Otherwise { get; set; } = "";

        public IReadOnlyList<string> Requests
        {
            get
            {
                lock (_requests)
                {
                    return [.. _requests];
                }
            }
        }

        public Task ArrivedAsync() => _arrived.WaitAsync(TestContext.Current.CancellationToken);

        public void Dispose()
        {
            _listener.Dispose();
            _silent.ForEach(client => client.Dispose());
            _arrived.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    await ServeAsync(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            var buffer = new byte[64 * 1024];
            var length = 0;
            while (!Encoding.UTF8.GetString(buffer, 0, length).EndsWith('}'))
            {
                length += await client.GetStream().ReadAsync(buffer.AsMemory(length));
            }

            lock (_requests)
            {
                _requests.Add(Encoding.UTF8.GetString(buffer, 0, length));
            }

            var answer = Answers.TryDequeue(out var scripted) ? scripted : Otherwise;
            _arrived.Release();
            if (answer is null)
            {
                _silent.Add(client);
                return;
            }

            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(answer));
            client.Dispose();
        }
    }
}
