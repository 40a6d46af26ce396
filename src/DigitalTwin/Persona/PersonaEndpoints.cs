using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace DigitalTwin.Persona;

public static class PersonaEndpoints
{
    public static void MapPersona(this IEndpointRouteBuilder routes)
    {
        var persona = routes.MapGroup("/api/persona").WithTags("Persona");
        persona.MapGet("", GetProfileAsync)
            .WithSummary("The public profile")
            .WithDescription("Name, headline, greeting, suggested questions and accent colour.");
        persona.MapGet("/theme.css", GetThemeAsync)
            .Produces(StatusCodes.Status200OK, contentType: "text/css")
            .WithSummary("The accent colour as a style sheet")
            .WithDescription(
                "Sets --accent (text of that colour) and --accent-ink (text on a surface of it) on the root element, for light and dark, with a "
                + "contrast of 4.5:1 at least. With its own ETag (without quotes) as v it may be kept for a year.");
    }

    /// <summary>The owner's side, on the owner's group.</summary>
    public static void MapPersonaEditor(this IEndpointRouteBuilder owner)
    {
        var persona = owner.MapGroup("/persona").WithTags("Owner: persona");
        persona.MapGet("", GetAsync).WithSummary("The current persona")
            .WithDescription("The ETag of the response is what If-Match of the next change takes.");
        persona.MapPut("", PutAsync).WithSummary("Store a new version of the persona")
            .WithDescription("Takes what a GET returned, edited; only `me` and `profile` count. With If-Match, the change happens only when the current version is "
                + "that one; otherwise 412.");
        persona.MapGet("/versions", ListVersionsAsync).WithSummary("All versions, newest first");
        persona.MapGet("/versions/{version:int}", GetVersionAsync).WithSummary("One version in full");
        persona.MapPost("/versions/{version:int}/restore", RestoreAsync).WithSummary("Make an older version current again")
            .WithDescription("The older version is stored as a new one; nothing is lost.");
    }

    private static async Task<Ok<PersonaProfile>> GetProfileAsync(HttpContext context, PersonaStore store)
    {
        var current = await store.CurrentAsync(context.RequestAborted);
        context.Response.Headers.ETag = current.ETag;
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Ok(current.Profile);
    }

    private static async Task<TaggedContent> GetThemeAsync(HttpContext context, PersonaStore store, string? v = null)
    {
        var current = await store.CurrentAsync(context.RequestAborted);
        var theme = AccentTheme.Of(current.Profile);
        context.Response.Headers.CacheControl = v == theme.Version ? "public, max-age=31536000, immutable" : "no-cache";
        return new TaggedContent(theme.StyleSheet, "text/css; charset=utf-8", $"\"{theme.Version}\"");
    }

    private static async Task<Ok<PersonaVersion>> GetAsync(HttpContext context, PersonaStore store) =>
        Tagged(context, await store.CurrentAsync(context.RequestAborted));

    private static async Task<Results<Ok<PersonaVersion>, TwinProblem>> PutAsync(
        PersonaUpdate update, HttpContext context, PersonaStore store, IValidator<PersonaUpdate> validator)
    {
        if (validator.Check(update) is { } problem)
        {
            return problem;
        }

        return await SaveAsync(context, store, update.Me, update.Profile, null);
    }

    private static async Task<Results<Ok<PersonaVersionList>, TwinProblem>> ListVersionsAsync(
        HttpContext context, PersonaStore store, int limit = PageRequest.DefaultLimit, string? cursor = null) =>
        PageRequest.TryParse(limit, cursor, out var page, out var problem)
            ? TypedResults.Ok(await store.ListVersionsAsync(page, context.RequestAborted))
            : problem;

    private static async Task<Results<Ok<PersonaVersion>, TwinProblem>> GetVersionAsync(int version, HttpContext context, PersonaStore store) =>
        await store.FindVersionAsync(version, context.RequestAborted) is { } found ? TypedResults.Ok(found) : TwinProblem.NotFound();

    private static async Task<Results<Ok<PersonaVersion>, TwinProblem>> RestoreAsync(int version, HttpContext context, PersonaStore store) =>
        await store.FindVersionAsync(version, context.RequestAborted) is { } old
            ? await SaveAsync(context, store, old.Me, old.Profile, version)
            : TwinProblem.NotFound();

    private static async Task<Results<Ok<PersonaVersion>, TwinProblem>> SaveAsync(
        HttpContext context, PersonaStore store, string me, PersonaProfile profile, int? restoredFrom)
    {
        var current = await store.CurrentAsync(context.RequestAborted);
        if (!Matches(context.Request, current.ETag))
        {
            return TwinProblem.PreconditionFailed($"The persona is at version {current.Version} now. Read it again and repeat the change.");
        }

        return await store.SaveAsync(me, profile, current.Version, restoredFrom, context.RequestAborted) is { } saved
            ? Tagged(context, saved)
            : TwinProblem.PreconditionFailed("The persona was changed by another request just now. Read it again and repeat the change.");
    }

    private static Ok<PersonaVersion> Tagged(HttpContext context, PersonaVersion version)
    {
        context.Response.Headers.ETag = version.ETag;
        return TypedResults.Ok(version);
    }

    /// <summary>RFC 9110 §13.1.1: absent or <c>*</c> matches; otherwise one strong tag of the list must be the current one.</summary>
    private static bool Matches(HttpRequest request, string etag)
    {
        var given = request.Headers.IfMatch;
        return given.Count == 0
            || (EntityTagHeaderValue.TryParseList(given, out var tags)
                && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(new EntityTagHeaderValue(etag), useStrongComparison: true)));
    }
}
