using System.Net;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>A bug met while answering fails that turn and nothing else; a store that does not take the answer is another matter.</summary>
public sealed class FailedAnswerTests
{
    private const string Question = "When were you born?";

    [Fact]
    public async Task A_bug_fails_the_turn_and_what_was_said_is_kept()
    {
        await using var twin = Start(call => call == 1 ? ScriptedClient.Throwing(new InvalidOperationException("System.Secret"), "I was ") : ScriptedClient.Tokens("Next."));
        using var visitor = twin.NewVisitor();

        var failed = await visitor.AskAsync(Question, clientMessageId: "m-1");
        var again = await visitor.AskAsync(Question, clientMessageId: "m-1");
        var next = await visitor.AskAsync("And then?", failed.Text("sessionId"));

        Assert.Equal(("failed", "I was "), (failed.Text("status"), failed.Text("answer")));
        Assert.Equal(failed.ToJsonString(), again.ToJsonString());
        Assert.Equal(("answered", "Next."), (next.Text("status"), next.Text("answer")));
        var items = (await visitor.GetJsonAsync($"/api/memory/sessions/{failed.Text("sessionId")}"))["items"]!.AsArray();
        Assert.Equal(["failed", "answered"], items.Select(turn => turn!.AsObject().Text("status")));
        Assert.DoesNotContain("Secret", items.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('x', 300_000)]
    [InlineData('\u4e16', 50_000)]
    public async Task An_answer_that_will_not_end_is_cut_off_where_it_can_still_be_stored(char said, int length)
    {
        var piece = new string(said, 9_000);
        await using var twin = Start(call => ScriptedClient.Tokens([.. Enumerable.Repeat(piece, call == 1 ? 100 : 1)]));
        using var visitor = twin.NewVisitor();

        var cut = await visitor.AskAsync(new string('\u4e16', 4_000));
        var next = await visitor.AskAsync("And then?", cut.Text("sessionId"));

        Assert.Equal(("failed", length), (cut.Text("status"), cut.Text("answer").Length));
        Assert.Equal(("answered", piece), (next.Text("status"), next.Text("answer")));
    }

    [Fact]
    public async Task A_bug_before_the_first_word_ends_the_stream_with_an_error()
    {
        await using var twin = Start(_ => throw new InvalidOperationException("System.Secret"));
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync(Question);

        var events = await reader.RestAsync();

        Assert.Equal(["start", "data-turn", "error", "finish", ServerEvent.Done], events.Select(e => e.Type));
        Assert.Equal("failed", events[3].Json["messageMetadata"]!.AsObject().Text("status"));
        Assert.DoesNotContain("Secret", reader.Transcript, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.ServiceUnavailable, "upstream_unavailable")]
    [InlineData(false, HttpStatusCode.InternalServerError, "internal")]
    public async Task An_answer_that_is_not_stored_is_none(bool unavailable, HttpStatusCode status, string code)
    {
        var table = new RefusingTable(unavailable ? new StorageUnavailableException("The disk is full.", null) : new InvalidOperationException("System.Secret"));
        await using var twin = TwinFixture.Start(services: table.Register);
        using var visitor = twin.NewVisitor();
        var first = await visitor.AskAsync(Question);
        table.Refuses = true;

        using var response = await visitor.PostJsonAsync("/api/chat", DigitalTwin.Tests.Testing.ChatClientExtensions.Body("And then?", first.Text("sessionId")));
        using var reader = await visitor.StreamAsync("And then?", first.Text("sessionId"));
        var events = await reader.RestAsync();
        table.Refuses = false;

        await response.AssertProblemAsync(status, code);
        Assert.Equal(["start", "data-turn", "error", ServerEvent.Done], events.Where(e => !e.Type.StartsWith("text", StringComparison.Ordinal)).Select(e => e.Type));
        var items = (await visitor.GetJsonAsync($"/api/memory/sessions/{first.Text("sessionId")}"))["items"]!.AsArray();
        Assert.Equal(["answered", "unanswered", "unanswered"], items.Select(turn => turn!.AsObject().Text("status")));
    }

    private static TwinFixture Start(Func<int, IAsyncEnumerable<ChatResponseUpdate>> answer) => TwinFixture.Start(
        services: services => services.AddSingleton<IChatClient>(new ScriptedClient((call, _) => answer(call))));

    /// <summary>The twin's table, which stops taking answers.</summary>
    private sealed class RefusingTable(Exception exception) : ITable, IAsyncDisposable
    {
        private ITable inner = null!;

        public bool Refuses { get; set; }

        public bool WritesInOrder => false;

        public bool IsShared => false;

        public void Register(IServiceCollection services)
        {
            var real = services.Last(service => service.ServiceType == typeof(ITable));
            services.AddSingleton<ITable>(provider =>
            {
                inner = (ITable)real.ImplementationFactory!(provider);
                return this;
            });
        }

        public ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken = default) => inner.GetAsync(key, cancellationToken);

        public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken = default) => inner.QueryAsync(query, cancellationToken);

        /// <summary>An answer is the write that finds its turn there already.</summary>
        public ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken = default) =>
            Refuses && writes.Span[^1] is { Kind: TableWriteKind.Put } write && write.Condition.Equals(WriteCondition.Present)
                ? throw exception
                : inner.WriteAsync(writes, cancellationToken);

        public ValueTask ScrubAsync(CancellationToken cancellationToken = default) => inner.ScrubAsync(cancellationToken);

        public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();
    }
}
