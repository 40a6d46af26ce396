using System.Diagnostics;
using System.Diagnostics.Metrics;
using DigitalTwin.Engines;
using Microsoft.Extensions.AI;
using Xunit;

namespace DigitalTwin.Tests.Engines;

public sealed class FailoverChatClientTests
{
    [Fact(Timeout = 30_000)]
    public async Task The_first_engine_answers_and_only_the_first_update_names_it()
    {
        var second = ScriptedClient.Saying("no");
        using var chain = new EngineChain(("first", ScriptedClient.Saying("Hel", "lo")), ("second", second));

        var updates = await chain.Ask(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["first", null], updates.Select(update => update.GetEngineName()));
        Assert.Equal(["Hel", "lo"], updates.Select(update => update.Text));
        Assert.Equal(0, second.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_whole_answer_names_its_engine()
    {
        using var chain = new EngineChain(("first", ScriptedClient.Saying("Hel", "lo")));

        var response = await chain.Client.GetResponseAsync("Who are you?", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("Hello", response.Text);
        Assert.Equal("first", response.GetEngineName());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("unexpected")]
    [InlineData("connection")]
    [InlineData("synchronous")]
    public async Task A_failure_before_the_first_text_moves_on(string kind)
    {
        var failing = kind switch
        {
            "connection" => ScriptedClient.Failing(new HttpRequestException("refused")),
            "synchronous" => new ScriptedClient((_, _) => throw new InvalidOperationException("at once")),
            _ => ScriptedClient.Failing(new InvalidOperationException("broken")),
        };
        using var chain = new EngineChain(new EngineSettings { MaxRetries = 0 }, ("first", failing), ("second", ScriptedClient.Saying("Hi")));

        Assert.Equal("second: Hi", await chain.AnswerAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_without_text_moves_on()
    {
        using var chain = new EngineChain(("first", ScriptedClient.Saying("", " \n")), ("second", ScriptedClient.Saying("Hi")));

        Assert.Equal("second: Hi", await chain.AnswerAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task When_every_engine_fails_the_last_failure_is_thrown_without_the_upstream_text()
    {
        using var chain = new EngineChain(
            ("first", ScriptedClient.Failing(new InvalidOperationException("secret"))),
            ("second", ScriptedClient.Failing(new InvalidOperationException("secret"))));

        var failure = await Assert.ThrowsAsync<EngineFailedException>(chain.AnswerAsync);

        Assert.Equal(("second", "unexpected"), (failure.Engine, failure.Code));
        Assert.DoesNotContain("secret", failure.ToString());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_engine_silent_for_the_first_token_timeout_is_cancelled_and_the_next_answers()
    {
        var cancelled = new TaskCompletionSource();
        var silent = new ScriptedClient((_, token) => ScriptedClient.Hanging([], cancelled, token));
        using var chain = new EngineChain(("first", silent), ("second", ScriptedClient.Saying("Hi")));

        var answer = chain.AnswerAsync();
        Assert.Equal(TimeSpan.FromSeconds(15), await chain.Timers.ArmedAsync());
        chain.Clock.Advance(TimeSpan.FromSeconds(14.9));
        Assert.False(answer.IsCompleted);
        chain.Clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("second: Hi", await answer);
        await cancelled.Task;
    }

    [Fact(Timeout = 30_000)]
    public async Task Empty_updates_do_not_count_as_the_first_token()
    {
        var cancelled = new TaskCompletionSource();
        var silent = new ScriptedClient((_, token) => ScriptedClient.Hanging(["", ""], cancelled, token));
        using var chain = new EngineChain(("first", silent), ("second", ScriptedClient.Saying("Hi")));

        var answer = chain.AnswerAsync();
        chain.Clock.Advance(await chain.Timers.ArmedAsync());

        Assert.Equal("second: Hi", await answer);
    }

    [Fact(Timeout = 30_000)]
    public async Task Silence_in_the_middle_ends_the_answer_with_the_text_so_far()
    {
        var cancelled = new TaskCompletionSource();
        var stalling = new ScriptedClient((_, token) => ScriptedClient.Hanging(["Once ", "upon"], cancelled, token));
        using var chain = new EngineChain(("first", stalling), ("second", ScriptedClient.Saying("Hi")));

        var answer = EngineChain.Read(chain.Ask(TestContext.Current.CancellationToken));
        Assert.Equal(TimeSpan.FromSeconds(30), await chain.Timers.ArmedAsync());
        chain.Clock.Advance(TimeSpan.FromSeconds(30));

        var (text, failure) = await answer;
        Assert.Equal("first: Once upon", text);
        Assert.Equal("silent", failure?.Code);
        await cancelled.Task;
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_that_never_ends_is_ended_by_the_answer_timeout()
    {
        var ticks = System.Threading.Channels.Channel.CreateUnbounded<string>();
        var trickling = new ScriptedClient((_, _) => Trickle(ticks.Reader));
        using var chain = new EngineChain(("first", trickling));

        var answer = EngineChain.Read(chain.Ask(TestContext.Current.CancellationToken));
        await chain.Timers.ArmedAsync();
        for (var i = 0; i < 5; i++)
        {
            ticks.Writer.TryWrite(".");
            await chain.Timers.ArmedAsync();
            chain.Clock.Advance(TimeSpan.FromSeconds(20));
        }

        ticks.Writer.TryWrite(".");
        Assert.Equal(TimeSpan.FromSeconds(20), await chain.Timers.ArmedAsync());
        chain.Clock.Advance(TimeSpan.FromSeconds(20));

        var (text, failure) = await answer;
        Assert.Equal("first: ......", text);
        Assert.Equal("answer_timeout", failure?.Code);

        static async IAsyncEnumerable<ChatResponseUpdate> Trickle(System.Threading.Channels.ChannelReader<string> ticks)
        {
            await foreach (var tick in ticks.ReadAllAsync())
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, tick);
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failure_after_the_first_text_is_not_retried_and_never_mixed_with_another_engine()
    {
        var first = new ScriptedClient((_, _) => ScriptedClient.Throwing(new HttpRequestException("cut"), "Once ", "upon"));
        var second = ScriptedClient.Saying("Hi");
        using var chain = new EngineChain(("first", first), ("second", second));

        var (text, failure) = await EngineChain.Read(chain.Ask(TestContext.Current.CancellationToken));

        Assert.Equal("first: Once upon", text);
        Assert.Equal(("first", "connection_lost"), (failure?.Engine, failure?.Code));
        Assert.Equal((1, 0), (first.Calls, second.Calls));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_passing_failure_is_retried_twice_with_growing_jittered_waits()
    {
        var failing = ScriptedClient.Failing(EngineFailedException.FromStatus("first", 503, null));
        using var chain = new EngineChain(("first", failing), ("second", ScriptedClient.Saying("Hi")));

        var answer = chain.AnswerAsync();
        foreach (var longest in (double[])[250, 500])
        {
            var wait = await chain.Timers.ArmedAsync();
            Assert.InRange(wait.TotalMilliseconds, 1, longest);
            chain.Clock.Advance(wait);
        }

        Assert.Equal("second: Hi", await answer);
        Assert.Equal(3, failing.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_retry_that_succeeds_is_an_ordinary_answer()
    {
        var flaky = new ScriptedClient((call, _) => call == 1
            ? ScriptedClient.Throwing(EngineFailedException.FromStatus("first", 429, TimeSpan.FromSeconds(2)))
            : ScriptedClient.Tokens("Hi"));
        using var chain = new EngineChain(("first", flaky), ("second", ScriptedClient.Saying("no")));

        var answer = chain.AnswerAsync();
        var wait = await chain.Timers.ArmedAsync();
        Assert.InRange(wait.TotalSeconds, 2, 2.25);
        chain.Clock.Advance(wait);

        Assert.Equal("first: Hi", await answer);
        Assert.Equal(2, flaky.Calls);
    }

    [Theory]
    [InlineData(408, true)]
    [InlineData(409, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(422, false)]
    public void Only_what_may_pass_is_transient(int status, bool transient) =>
        Assert.Equal(transient, EngineFailedException.FromStatus("first", status, null).IsTransient);

    [Fact(Timeout = 30_000)]
    public async Task An_upstream_that_asks_for_more_patience_than_we_have_is_not_waited_for()
    {
        var busy = ScriptedClient.Failing(EngineFailedException.FromStatus("first", 429, TimeSpan.FromSeconds(60)));
        using var chain = new EngineChain(("first", busy), ("second", ScriptedClient.Saying("Hi")));

        Assert.Equal("second: Hi", await chain.AnswerAsync());
        Assert.Equal((1, 0), (busy.Calls, chain.Timers.Timers));
    }

    [Fact(Timeout = 30_000)]
    public async Task Retries_stay_inside_the_first_token_timeout()
    {
        var busy = ScriptedClient.Failing(EngineFailedException.FromStatus("first", 429, TimeSpan.FromSeconds(2)));
        using var chain = new EngineChain(
            new EngineSettings { FirstTokenTimeout = TimeSpan.FromSeconds(3) }, ("first", busy), ("second", ScriptedClient.Saying("Hi")));

        var answer = chain.AnswerAsync();
        chain.Clock.Advance(await chain.Timers.ArmedAsync());

        Assert.Equal("second: Hi", await answer);
        Assert.Equal(2, busy.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_retry_has_only_what_is_left_of_the_first_token_timeout()
    {
        var cancelled = new TaskCompletionSource();
        var first = new ScriptedClient((call, token) => call == 1
            ? ScriptedClient.Throwing(EngineFailedException.FromStatus("first", 429, TimeSpan.FromSeconds(2)))
            : ScriptedClient.Hanging([], cancelled, token));
        using var chain = new EngineChain(("first", first), ("second", ScriptedClient.Saying("Hi")));

        var answer = chain.AnswerAsync();
        var wait = await chain.Timers.ArmedAsync();
        chain.Clock.Advance(wait);
        var patience = await chain.Timers.ArmedAsync();
        chain.Clock.Advance(patience);

        Assert.Equal("second: Hi", await answer);
        Assert.Equal(TimeSpan.FromSeconds(15), wait + patience);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Cancellation_ends_at_once_even_if_the_upstream_ignores_it(int tokens)
    {
        var second = ScriptedClient.Saying("no");
        using var chain = new EngineChain(("first", ScriptedClient.Deaf([.. Enumerable.Repeat("Once", tokens)])), ("second", second));
        using var cancel = new CancellationTokenSource();

        var answer = EngineChain.Read(chain.Ask(cancel.Token));
        await chain.Timers.ArmedAsync();
        var watch = Stopwatch.StartNew();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 100);
        Assert.Equal(0, second.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancellation_reaches_the_upstream()
    {
        var cancelled = new TaskCompletionSource();
        using var chain = new EngineChain(("first", new ScriptedClient((_, token) => ScriptedClient.Hanging([], cancelled, token))));
        using var cancel = new CancellationTokenSource();

        var answer = EngineChain.Read(chain.Ask(cancel.Token));
        await chain.Timers.ArmedAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await cancelled.Task;
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancellation_during_the_wait_for_a_retry_ends_at_once()
    {
        var busy = ScriptedClient.Failing(EngineFailedException.FromStatus("first", 429, TimeSpan.FromSeconds(2)));
        using var chain = new EngineChain(("first", busy), ("second", ScriptedClient.Saying("no")));
        using var cancel = new CancellationTokenSource();

        var answer = EngineChain.Read(chain.Ask(cancel.Token));
        await chain.Timers.ArmedAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(1, busy.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_cancelled_beforehand_asks_nobody()
    {
        var first = ScriptedClient.Saying("no");
        using var chain = new EngineChain(("first", first));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EngineChain.Read(chain.Ask(new CancellationToken(true))));
        Assert.Equal(0, first.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_that_leaves_early_is_not_held_by_an_upstream_that_will_not_close()
    {
        using var chain = new EngineChain(("first", ScriptedClient.Deaf("Once", "upon")));

        await foreach (var update in chain.Ask(TestContext.Current.CancellationToken))
        {
            Assert.Equal("Once", update.Text);
            break;
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelled_answers_do_not_open_the_breaker()
    {
        var first = ScriptedClient.Deaf();
        using var chain = new EngineChain(("first", first), ("second", ScriptedClient.Saying("Hi")));

        for (var i = 1; i <= 5; i++)
        {
            using var cancel = new CancellationTokenSource();
            var answer = EngineChain.Read(chain.Ask(cancel.Token));
            await chain.Timers.ArmedAsync();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
            Assert.Equal(i, first.Calls);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task After_three_failures_an_engine_is_skipped_for_15_seconds_and_then_tried_once()
    {
        var isWell = false;
        var first = new ScriptedClient((_, _) => isWell
            ? ScriptedClient.Tokens("Back")
            : ScriptedClient.Throwing(EngineFailedException.FromStatus("first", 401, null)));
        using var chain = new EngineChain(("first", first), ("second", ScriptedClient.Saying("Hi")));

        async Task<int> CallsAfterAsync(string expected)
        {
            Assert.Equal(expected, await chain.AnswerAsync());
            return first.Calls;
        }

        Assert.Equal(1, await CallsAfterAsync("second: Hi"));
        Assert.Equal(2, await CallsAfterAsync("second: Hi"));
        Assert.Equal(3, await CallsAfterAsync("second: Hi"));
        Assert.Equal(3, await CallsAfterAsync("second: Hi"));
        chain.Clock.Advance(TimeSpan.FromSeconds(14.9));
        Assert.Equal(3, await CallsAfterAsync("second: Hi"));

        chain.Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(4, await CallsAfterAsync("second: Hi"));
        Assert.Equal(4, await CallsAfterAsync("second: Hi"));

        isWell = true;
        chain.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(5, await CallsAfterAsync("first: Back"));
        Assert.Equal(6, await CallsAfterAsync("first: Back"));
    }

    [Fact(Timeout = 30_000)]
    public async Task While_one_turn_tries_a_skipped_engine_the_others_keep_out()
    {
        var cancelled = new TaskCompletionSource();
        var first = new ScriptedClient((call, token) => call <= 3
            ? ScriptedClient.Throwing(EngineFailedException.FromStatus("first", 401, null))
            : ScriptedClient.Hanging([], cancelled, token));
        using var chain = new EngineChain(("first", first), ("second", ScriptedClient.Saying("Hi")));
        for (var i = 0; i < 3; i++)
        {
            await chain.AnswerAsync();
        }

        chain.Clock.Advance(TimeSpan.FromSeconds(15));
        var trial = chain.AnswerAsync();
        var patience = await chain.Timers.ArmedAsync();

        Assert.Equal("second: Hi", await chain.AnswerAsync());
        Assert.Equal(4, first.Calls);
        chain.Clock.Advance(patience);
        Assert.Equal("second: Hi", await trial);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_that_the_engine_refuses_does_not_open_the_breaker()
    {
        var first = ScriptedClient.Failing(EngineFailedException.FromStatus("first", 400, null));
        using var chain = new EngineChain(("first", first), ("second", ScriptedClient.Saying("Hi")));

        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal("second: Hi", await chain.AnswerAsync());
            Assert.Equal(i, first.Calls);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task The_last_engine_is_asked_however_often_it_failed()
    {
        var last = new ScriptedClient((call, _) => call <= 5
            ? ScriptedClient.Throwing(new InvalidOperationException("broken"))
            : ScriptedClient.Tokens("Hi"));
        using var chain = new EngineChain(("last", last));
        for (var i = 0; i < 5; i++)
        {
            await Assert.ThrowsAsync<EngineFailedException>(chain.AnswerAsync);
        }

        Assert.Equal("last: Hi", await chain.AnswerAsync());
    }

    [Fact]
    public void An_engine_in_this_process_costs_no_timer_and_little_memory()
    {
        var engine = ScriptedClient.Saying("One ", "two ", "three");
        using var chain = new EngineChain(("extractive", engine));

        var perAnswer = BytesPerAnswer(chain.Client) - BytesPerAnswer(engine);

        TestContext.Current.TestOutputHelper?.WriteLine($"{perAnswer} bytes an answer");
        Assert.Equal(0, chain.Timers.Timers);
        Assert.InRange(perAnswer, 0, 2000);

        static long BytesPerAnswer(IChatClient client)
        {
            _ = AskAsync(client, 200);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var asked = AskAsync(client, 100);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(asked.IsCompletedSuccessfully);
            return allocated / 100;
        }

        static async Task AskAsync(IChatClient client, int times)
        {
            ChatMessage[] prompt = [new(ChatRole.User, "Who are you?")];
            for (var i = 0; i < times; i++)
            {
                await foreach (var update in client.GetStreamingResponseAsync(prompt, null, CancellationToken.None))
                {
                    Assert.NotEmpty(update.Text);
                }
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task The_meter_counts_requests_failures_first_tokens_and_usage()
    {
        var usage = new UsageContent(new UsageDetails { InputTokenCount = 7, OutputTokenCount = 3 });
        using var chain = new EngineChain(
            ("first", ScriptedClient.Saying("")),
            ("second", new ScriptedClient((_, _) => ScriptedClient.Tokens("Hi").Append(new ChatResponseUpdate(ChatRole.Assistant, [usage])))));
        List<string> seen = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, chain.Meters))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add($"{instrument.Name} {Join(tags)} {value}"));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Add($"{instrument.Name} {Join(tags)} {value}"));
        listener.Start();

        await chain.AnswerAsync();

        Assert.Equal(
            [
                "twin.engine.requests first 1",
                "twin.engine.failures first,empty 1",
                "twin.engine.requests second 1",
                "twin.engine.first_token second 0",
                "twin.engine.tokens second,input 7",
                "twin.engine.tokens second,output 3",
            ],
            seen);

        static string Join(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(',', tags.ToArray().Select(tag => tag.Value));
    }
}
