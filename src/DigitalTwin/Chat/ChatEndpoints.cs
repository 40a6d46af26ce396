using DigitalTwin.Memory;
using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DigitalTwin.Chat;

public static class ChatEndpoints
{
    public static void MapChat(this IEndpointRouteBuilder routes)
    {
        var chat = routes.MapGroup("/api/chat").WithTags("Chat");
        chat.MapPost("", PostAsync)
            .WithSummary("Ask, and get the whole answer")
            .WithDescription("A new visitor gets a cookie, a question without sessionId opens a session. The same clientMessageId always gets the same turn.");
        chat.MapPost("/stream", PostStreamAsync)
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .WithSummary("Ask, and get the answer as it is written")
            .WithDescription("Server-sent events in the AI SDK's UI message stream, version 1. A client that goes away does not end the turn.");
        chat.MapGet("/turns/{turnId}/stream", GetStreamAsync)
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream")
            .WithSummary("Go on reading a turn")
            .WithDescription(
                "Behind the event named by Last-Event-ID, or from the start. A finished turn is replayed. When the turn was answered anew after that "
                + "event, the stream begins again with start, and what was read before is to be dropped.");
        chat.MapPost("/turns/{turnId}/stop", StopAsync)
            .Produces(StatusCodes.Status202Accepted)
            .WithSummary("Stop an answer; what was said is kept");
        chat.MapPost("/turns/{turnId}/feedback", FeedbackAsync)
            .WithSummary("Rate an answer");
    }

    private static async Task<Results<Ok<ChatAnswer>, TwinProblem>> PostAsync(
        ChatRequest request,
        HttpContext context,
        VisitorCookie visitors,
        TurnStarter starter,
        TurnFollower follower,
        AnswerPipeline pipeline,
        IValidator<ChatRequest> validator)
    {
        if (validator.Check(request) is { } problem)
        {
            return problem;
        }

        switch (await starter.StartAsync(visitors.Ensure(context), request))
        {
            case StartOutcome.Started(var turn):
                await pipeline.RunAsync(turn);
                return TypedResults.Ok(ChatAnswer.Of(turn.Id, await turn.CompletionAsync(CancellationToken.None)));
            case StartOutcome.Attached(var turn):
                return TypedResults.Ok(ChatAnswer.Of(turn.Id, await turn.CompletionAsync(context.RequestAborted)));
            case StartOutcome.Elsewhere(var turn):
                var followed = follower.Follow(turn, context.RequestAborted);
                return TypedResults.Ok(ChatAnswer.Of(turn.Id, await followed.CompletionAsync(context.RequestAborted)));
            case StartOutcome.Finished(var turn):
                return TypedResults.Ok(ChatAnswer.Of(turn.Id, turn.Record));
            case var refused:
                return ProblemOf(refused);
        }
    }

    private static async Task<IResult> PostStreamAsync(
        ChatRequest request,
        HttpContext context,
        VisitorCookie visitors,
        TurnStarter starter,
        TurnFollower follower,
        AnswerPipeline pipeline,
        IValidator<ChatRequest> validator)
    {
        if (validator.Check(request) is { } problem)
        {
            return problem;
        }

        var outcome = await starter.StartAsync(visitors.Ensure(context), request);
        return outcome switch
        {
            StartOutcome.Started(var turn) => new TurnStreamResult(turn, default, pipeline.RunAsync(turn)),
            StartOutcome.Attached(var turn) => new TurnStreamResult(turn, default),
            StartOutcome.Elsewhere(var turn) => new TurnStreamResult(follower.Follow(turn, context.RequestAborted), default),
            StartOutcome.Finished(var turn) => new TurnStreamResult(turn, default),
            _ => ProblemOf(outcome),
        };
    }

    private static async Task<IResult> GetStreamAsync(
        string turnId, HttpContext context, VisitorCookie visitors, SessionStore sessions, LiveTurns live, TurnFollower follower)
    {
        var after = default(EventId);
        if (context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last && !EventId.TryParse(last, out after))
        {
            return TwinProblem.Validation("'Last-Event-ID' is not the id of an event of this stream.");
        }

        if (await FindAsync(turnId, context, visitors, sessions) is not { } turn)
        {
            return TwinProblem.NotFound();
        }

        if (live.Find(turn.Id.SessionId) is RunningTurn running && running.Id == turn.Id)
        {
            return new TurnStreamResult(running, after);
        }

        var stored = await sessions.FindTurnAsync(turn.Id, context.RequestAborted) ?? turn;
        return stored.Record.Status is TurnStatus.Running
            ? new TurnStreamResult(follower.Follow(stored, context.RequestAborted), after)
            : new TurnStreamResult(stored, after);
    }

    private static async Task<IResult> StopAsync(
        string turnId, HttpContext context, VisitorCookie visitors, SessionStore sessions, LiveTurns live, TurnLeases leases)
    {
        if (await FindAsync(turnId, context, visitors, sessions) is not { } turn)
        {
            return TwinProblem.NotFound();
        }

        if (live.Find(turn.Id.SessionId) is RunningTurn running && running.Id == turn.Id)
        {
            running.Stop();
        }
        else if (turn.Record.Status is TurnStatus.Running)
        {
            await leases.StopAsync(turn.Id);
        }

        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Results<NoContent, TwinProblem>> FeedbackAsync(
        string turnId, FeedbackRequest feedback, HttpContext context, VisitorCookie visitors, SessionStore sessions, IValidator<FeedbackRequest> validator)
    {
        if (validator.Check(feedback) is { } problem)
        {
            return problem;
        }

        if (await FindAsync(turnId, context, visitors, sessions) is not { } turn)
        {
            return TwinProblem.NotFound();
        }

        if (turn.Record.Status is TurnStatus.Running)
        {
            return TwinProblem.TurnInProgress();
        }

        return await sessions.SetFeedbackAsync(turn.Id, feedback.Rating, feedback.Comment) ? TypedResults.NoContent() : TwinProblem.NotFound();
    }

    /// <summary>The turn, if it is this visitor's.</summary>
    private static async ValueTask<StoredTurn?> FindAsync(string turnId, HttpContext context, VisitorCookie visitors, SessionStore sessions) =>
        TurnId.TryParse(turnId, out var id)
        && visitors.Read(context) is { } visitor
        && await sessions.FindAsync(visitor, id.SessionId, context.RequestAborted) is not null
            ? await sessions.FindTurnAsync(id, context.RequestAborted)
            : null;

    private static TwinProblem ProblemOf(StartOutcome refused) =>
        refused == StartOutcome.InProgress ? TwinProblem.TurnInProgress()
        : refused == StartOutcome.Conflict ? TwinProblem.IdempotencyConflict()
        : TwinProblem.NotFound();
}
