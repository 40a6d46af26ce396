using Microsoft.AspNetCore.Http.HttpResults;

namespace DigitalTwin.Jobs;

public static class JobsEndpoints
{
    private const string States = "ready, running, done or failed";

    /// <summary>The owner's side, on the owner's group.</summary>
    public static void MapJobs(this IEndpointRouteBuilder owner)
    {
        var jobs = owner.MapGroup("/jobs").WithTags("Owner: jobs");
        jobs.MapGet("", ListAsync)
            .WithSummary("The jobs in one state, by default those that failed")
            .WithDescription(
                $"The state is {States}. Jobs to come stand in the order in which they are due, ended ones with the last one first. What a job "
                + "works on is not shown, for it may lead to a person.");
        jobs.MapPost("/{id}/retry", RetryAsync)
            .WithSummary("Run a failed or waiting job now")
            .WithDescription("Its tries are counted from the start. A running or finished job cannot be retried (409).");
        jobs.MapDelete("/{id}", DropAsync)
            .WithSummary("Drop a job that is not running")
            .WithDescription("What the job would have made or kept goes with it, such as the transcript of a session. A running job cannot be dropped (409).");
    }

    private static async Task<Results<Ok<JobList>, TwinProblem>> ListAsync(
        HttpContext context, JobControl control, string state = "failed", int limit = PageRequest.DefaultLimit, string? cursor = null)
    {
        if (!PageRequest.TryParse(limit, cursor, out var page, out var problem))
        {
            return problem;
        }

        return StateOf(state) is { } known
            ? TypedResults.Ok(await control.ListAsync(known, page, context.RequestAborted))
            : TwinProblem.Validation($"'state' is {States}.");
    }

    private static async Task<Results<Ok<JobView>, TwinProblem>> RetryAsync(string id, JobControl control) => await control.RetryAsync(id) switch
    {
        JobChange.Made(var job) => TypedResults.Ok(job),
        JobChange.Refused(var job) => TwinProblem.Conflict(
            job.State is JobState.Running ? "This job is running now." : "This job is done; there is nothing to retry."),
        _ => TwinProblem.NotFound(),
    };

    private static async Task<Results<NoContent, TwinProblem>> DropAsync(string id, HttpContext context, JobControl control) =>
        await control.DropAsync(id, context.RequestAborted) switch
        {
            JobChange.Made => TypedResults.NoContent(),
            JobChange.Refused => TwinProblem.Conflict("This job is running now. Wait for its end, then drop it."),
            _ => TwinProblem.NotFound(),
        };

    private static JobState? StateOf(string text) => text switch
    {
        "ready" => JobState.Ready,
        "running" => JobState.Running,
        "done" => JobState.Done,
        "failed" => JobState.Failed,
        _ => null,
    };
}
