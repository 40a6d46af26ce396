using DigitalTwin.Memory;
using DigitalTwin.Storage;

namespace DigitalTwin.Chat;

/// <summary>
/// Sends a turn to its reader as it is written. When the reader goes away the reading ends; the turn itself goes on, and a request
/// that runs one stays until it is stored.
/// </summary>
internal sealed class TurnStreamResult : IResult
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    private readonly RunningTurn? running;
    private readonly StoredTurn? finished;
    private readonly EventId after;
    private readonly Task run;

    /// <param name="run">The turn's own run, when this request is the one that runs it.</param>
    public TurnStreamResult(RunningTurn turn, EventId after, Task? run = null) =>
        (running, this.after, this.run) = (turn, after, run ?? Task.CompletedTask);

    public TurnStreamResult(StoredTurn turn, EventId after) => (finished, this.after, run) = (turn, after, Task.CompletedTask);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.Headers["x-vercel-ai-ui-message-stream"] = "v1";
        try
        {
            if (running is not null)
            {
                await FollowAsync(running, response, httpContext.RequestAborted);
            }
            else
            {
                await ReplayAsync(finished!, response, httpContext.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // The reader went away and may come back with Last-Event-ID.
        }
        finally
        {
            await run;
        }
    }

    private async Task FollowAsync(RunningTurn turn, HttpResponse response, CancellationToken aborted)
    {
        var clock = response.HttpContext.RequestServices.GetRequiredService<TimeProvider>();
        using var events = new UiMessageStream(response.BodyWriter, turn.Id, turn.CreatedAt, turn.Attempt, after);
        try
        {
            await turn.Begun;
        }
        catch (StorageUnavailableException)
        {
            events.WriteFailure();
            await response.BodyWriter.FlushAsync(aborted);
            return;
        }

        events.WriteStart();
        while (true)
        {
            if (!turn.TryReadFrom(events.TextOffset, out var progress))
            {
                events.WriteFailure();
                await response.BodyWriter.FlushAsync(aborted);
                return;
            }

            events.WriteText(progress.More);
            if (progress.Outcome is { } record)
            {
                events.WriteEnd(record);
            }

            await response.BodyWriter.FlushAsync(aborted);
            if (progress.Outcome is not null)
            {
                return;
            }

            await WaitAsync(progress.Changed, response, clock, aborted);
        }
    }

    private static async Task WaitAsync(Task changed, HttpResponse response, TimeProvider clock, CancellationToken aborted)
    {
        while (!changed.IsCompleted)
        {
            try
            {
                await changed.WaitAsync(PingInterval, clock, aborted);
            }
            catch (TimeoutException)
            {
                await response.BodyWriter.WriteAsync(UiMessageStream.Ping, aborted);
            }
        }
    }

    private async Task ReplayAsync(StoredTurn turn, HttpResponse response, CancellationToken aborted)
    {
        using var events = new UiMessageStream(response.BodyWriter, turn.Id, turn.Record.CreatedAt, turn.Record.Attempt, after);
        events.WriteStart();
        var answer = turn.Record.Answer;
        events.WriteText(answer.AsSpan(Math.Min(events.TextOffset, answer.Length)));
        events.WriteEnd(turn.Record);
        await response.BodyWriter.FlushAsync(aborted);
    }
}
