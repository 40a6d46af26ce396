using FluentValidation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DigitalTwin.Knowledge;

/// <summary>The owner's documents, on the owner's group.</summary>
public static class KnowledgeEndpoints
{
    /// <summary>The largest document, in bytes.</summary>
    public const int MaxDocumentBytes = 20 * 1024 * 1024;

    public static void MapKnowledge(this IEndpointRouteBuilder owner)
    {
        var knowledge = owner.MapGroup("/knowledge").WithTags("Owner: knowledge");
        knowledge.MapPost("/documents", PostAsync)
            .Accepts<NewDocument>("application/json", "multipart/form-data")
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxDocumentBytes))
            .WithSummary("Add a document")
            .WithDescription("JSON, or multipart/form-data with one file part (.txt, .md, .html) and an optional 'title'. UTF-8, at most 20 MiB.");
        knowledge.MapGet("/documents", ListAsync).WithSummary("All documents, by id");
        knowledge.MapGet("/documents/{id}", GetAsync).WithSummary("One document's entry");
        knowledge.MapDelete("/documents/{id}", DeleteAsync).WithSummary("Remove a document; the twin forgets it at once");
        knowledge.MapPost("/search", SearchAsync).WithSummary("What the twin finds for a question: the best passage of each document, best first");
    }

    private static async Task<Results<Created<KnowledgeDocument>, TwinProblem>> PostAsync(
        HttpContext context, KnowledgeStore store, IValidator<NewDocument> validator)
    {
        var (source, problem) = await DocumentUpload.ReadAsync(context.Request, validator);
        if (source is null)
        {
            return problem!;
        }

        return await store.AddAsync(source, context.RequestAborted) switch
        {
            AddDocumentOutcome.Added(var document) => TypedResults.Created($"/api/owner/knowledge/documents/{document.DocumentId}", document),
            AddDocumentOutcome.Unreadable(var reason) => TwinProblem.Validation(reason),
            _ => throw new InvalidOperationException("An outcome without an answer."),
        };
    }

    private static async Task<Results<Ok<KnowledgeDocumentList>, TwinProblem>> ListAsync(
        HttpContext context, KnowledgeStore store, int limit = PageRequest.DefaultLimit, string? cursor = null) =>
        PageRequest.TryParse(limit, cursor, out var page, out var problem)
            ? TypedResults.Ok(await store.ListAsync(page, context.RequestAborted))
            : problem;

    private static async Task<Results<Ok<KnowledgeDocument>, TwinProblem>> GetAsync(string id, HttpContext context, KnowledgeStore store) =>
        await store.FindAsync(id, context.RequestAborted) is { } document ? TypedResults.Ok(document) : TwinProblem.NotFound();

    private static async Task<Results<NoContent, TwinProblem>> DeleteAsync(string id, HttpContext context, KnowledgeStore store) =>
        await store.DeleteAsync(id, context.RequestAborted) ? TypedResults.NoContent() : TwinProblem.NotFound();

    private static async Task<Results<Ok<KnowledgeHitList>, TwinProblem>> SearchAsync(
        KnowledgeQuery query, KnowledgeStore store, PassageIndex index, IValidator<KnowledgeQuery> validator)
    {
        if (validator.Check(query) is { } problem)
        {
            return problem;
        }

        await store.FollowAsync();
        var hits = index.SearchDocuments(query.Query, query.Top ?? KnowledgeQueryValidator.DefaultTop);
        return TypedResults.Ok(new KnowledgeHitList(
            [.. hits.Select(hit => new KnowledgeHit(hit.DocumentId, hit.BestPassage.Title, hit.BestPassage.Heading, hit.BestPassage.Text, hit.Score))]));
    }
}
