using System.Net;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Hosting;

/// <summary>
/// Generated requests over every route. Whatever comes: no 5xx, an answer that is a problem, nothing kept of what was refused, and the
/// twin goes on answering. Set <c>GARBAGE_SEED</c> to see other requests.
/// </summary>
public sealed class GarbageTests : IAsyncLifetime
{
    private const int RequestsPerSeed = 850;
    private const int HttpVersionNotSupported = 505;
    private TwinFixture twin = null!;
    private WriteCount writes = null!;

    public static TheoryData<int> Seeds =>
        int.TryParse(Environment.GetEnvironmentVariable("GARBAGE_SEED"), out var seed) ? [seed] : [1, 2, 3, 4];

    public ValueTask InitializeAsync()
    {
        twin = TwinFixture.Start(
            services: services =>
            {
                var table = services.Last(service => service.ServiceType == typeof(ITable)).ImplementationFactory!;
                services.AddSingleton<ITable>(provider => writes = new WriteCount((ITable)table(provider)));
            },
            settings: [("Twin:Limits:Enabled", "false"), ("Twin:Signing:Key", TestCookie.SigningKey)]);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => twin.DisposeAsync();

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Garbage_gets_a_problem_and_leaves_nothing(int seed)
    {
        var cookie = TestCookie.Of("v-garbage");
        using var visitor = twin.WithCookie(cookie);
        var turn = await visitor.AskAsync("When were you born?");
        var garbage = new GarbageRequests(
            seed, TwinRoute.All(twin), twin.Address.Authority, cookie, [turn.Text("sessionId"), turn.Text("turnId"), "father", "1"]);
        var refused = 0;

        for (var i = 0; i < RequestsPerSeed; i++)
        {
            var request = garbage.Next();
            var before = writes.Count;

            var response = await SendAsync(request, $"Seed {seed}, request {i}");

            var what = $"Seed {seed}, request {i}:\n{request}\n--- answer\n{response.Head}\n{response.Text}";
            Assert.True(response.Status is > 0 and < 500 or HttpVersionNotSupported || request.HangUp, what);
            if (response.Status >= 400)
            {
                refused++;
                Assert.True(before == writes.Count, "Something was written. " + what);
                Assert.True(IsProblem(request, response), "No problem. " + what);
            }
        }

        Assert.InRange(refused, RequestsPerSeed / 4, RequestsPerSeed);
        await AssertAliveAsync();
    }

    private async Task<RawResponse> SendAsync(GarbageRequest request, string which)
    {
        try
        {
            return await RawHttp.SendAsync(twin.Address, request.Bytes, request.HangUp);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{which}:\n{request}\n{e.Message}");
        }
    }

    /// <summary>What Kestrel refuses before there is a request carries no policy of ours, and no body.</summary>
    private static bool IsProblem(GarbageRequest request, RawResponse response) =>
        response.Header("Content-Security-Policy") is null
            ? response.Body.Length == 0
            : response.Header("Content-Type") == "application/problem+json" && (request.Method == "HEAD" || response.Text.Contains("\"code\":", StringComparison.Ordinal));

    private async Task AssertAliveAsync()
    {
        using var visitor = twin.NewVisitor();
        using var owner = twin.Owner();
        using var ready = await visitor.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal("answered", (await visitor.AskAsync("What is a quokka?")).Text("status"));

        var documents = (await owner.GetJsonAsync("/api/owner/knowledge/documents?limit=100"))["items"]!.AsArray();
        var objects = await twin.Services.GetRequiredService<IObjectStore>().ListAsync("knowledge/", cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(documents.Count == 100 || documents.Count == objects.Count, $"{documents.Count} documents and {objects.Count} objects");
    }

    /// <summary>The real table, counted.</summary>
    private sealed class WriteCount(ITable inner) : ITable, IAsyncDisposable
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();

        public bool WritesInOrder => inner.WritesInOrder;

        public ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

        public async ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken)
        {
            var result = await inner.WriteAsync(writes, cancellationToken);
            if (result.Committed)
            {
                Interlocked.Increment(ref count);
            }

            return result;
        }

        public ValueTask ScrubAsync(CancellationToken cancellationToken) => inner.ScrubAsync(cancellationToken);
    }
}
