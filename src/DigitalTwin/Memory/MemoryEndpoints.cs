using Microsoft.AspNetCore.Http.HttpResults;

namespace DigitalTwin.Memory;

/// <summary>What a visitor sees of their own memory. Foreign and missing ids answer alike.</summary>
public static class MemoryEndpoints
{
    private const string OldestFirst = "asc";
    private const string NewestFirst = "desc";

    public static void MapMemory(this IEndpointRouteBuilder routes)
    {
        var memory = routes.MapGroup("/api/memory").WithTags("Memory");
        memory.MapGet("/sessions", ListAsync)
            .WithSummary("The visitor's own sessions, last used first")
            .WithDescription("Without a visitor cookie the list is empty.");
        memory.MapGet("/sessions/{id}", GetAsync)
            .WithSummary("One session with its turns, oldest first")
            .WithDescription(
                "With order=desc the newest come first and the next page goes back in time. A session of somebody else answers like one that does "
                + "not exist.");
        memory.MapDelete("/sessions/{id}", DeleteAsync)
            .WithSummary("Delete one session with all of its turns");
        memory.MapGet("/export", ExportAsync)
            .WithSummary("Everything the twin keeps about this visitor, as JSON")
            .Produces(StatusCodes.Status200OK, contentType: "application/json");
        memory.MapDelete("", EraseAsync)
            .WithSummary("Erase everything about this visitor")
            .WithDescription("Sessions, turns and feedback go at once, in the files as well; the receipt holds no personal data.");
    }

    private static async Task<Results<Ok<SessionList>, TwinProblem>> ListAsync(
        HttpContext context, VisitorCookie visitors, SessionStore sessions, int limit = PageRequest.DefaultLimit, string? cursor = null)
    {
        if (!PageRequest.TryParse(limit, cursor, out var page, out var problem))
        {
            return problem;
        }

        return visitors.Read(context) is { } visitor
            ? TypedResults.Ok(await sessions.ListAsync(visitor, page.Limit, page.After, context.RequestAborted))
            : TypedResults.Ok(new SessionList([], null));
    }

    private static async Task<Results<Ok<SessionDetail>, TwinProblem>> GetAsync(
        string id,
        HttpContext context,
        VisitorCookie visitors,
        SessionStore sessions,
        int limit = PageRequest.DefaultLimit,
        string? cursor = null,
        string order = OldestFirst)
    {
        if (!PageRequest.TryParse(limit, cursor, out var page, out var problem))
        {
            return problem;
        }

        if (order is not (OldestFirst or NewestFirst))
        {
            return TwinProblem.Validation($"'order' is {OldestFirst} (oldest first) or {NewestFirst} (newest first).");
        }

        return visitors.Read(context) is { } visitor && await sessions.FindAsync(visitor, id, context.RequestAborted) is { } session
            ? TypedResults.Ok(await sessions.DetailAsync(session, page, order == NewestFirst, context.RequestAborted))
            : TwinProblem.NotFound();
    }

    private static async Task<Results<NoContent, TwinProblem>> DeleteAsync(
        string id, HttpContext context, VisitorCookie visitors, VisitorMemory memory) =>
        visitors.Read(context) is { } visitor && await memory.DeleteSessionAsync(visitor, id, context.RequestAborted)
            ? TypedResults.NoContent()
            : TwinProblem.NotFound();

    private static async Task ExportAsync(HttpContext context, VisitorCookie visitors, VisitorMemory memory)
    {
        var visitor = visitors.Read(context);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"my-conversations.json\"";
        await memory.ExportAsync(
            visitor, context.Response.BodyWriter, async () => await context.Response.BodyWriter.FlushAsync(context.RequestAborted), context.RequestAborted);
    }

    private static async Task<Ok<EraseReceipt>> EraseAsync(HttpContext context, VisitorCookie visitors, VisitorMemory memory)
    {
        var receipt = await memory.EraseAsync(visitors.Read(context));
        VisitorCookie.Forget(context);
        return TypedResults.Ok(receipt);
    }
}
