namespace DigitalTwin.Jobs;

/// <summary>The tries that are under way in this process.</summary>
public sealed class RunningJobs
{
    private readonly Lock gate = new();
    private readonly List<RunningJob> all = [];

    internal RunningJob Enter(string id, CancellationTokenSource cancellation)
    {
        var entered = new RunningJob(id, cancellation);
        lock (gate)
        {
            all.Add(entered);
        }

        return entered;
    }

    internal void Leave(RunningJob job)
    {
        lock (gate)
        {
            all.Remove(job);
        }

        job.Ended.SetResult();
    }

    /// <summary>Cancels the runs of this job and waits for their end; false when there are none here.</summary>
    internal async Task<bool> EndAsync(string id)
    {
        Task[] ends;
        lock (gate)
        {
            var here = all.FindAll(job => job.Id == id);
            here.ForEach(job => job.IsWithdrawn = true);
            here.ForEach(job => job.Cancellation.Cancel());
            ends = [.. here.Select(job => job.Ended.Task)];
        }

        await Task.WhenAll(ends);
        return ends.Length > 0;
    }
}

internal sealed class RunningJob(string id, CancellationTokenSource cancellation)
{
    public string Id { get; } = id;

    public CancellationTokenSource Cancellation { get; } = cancellation;

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsWithdrawn { get; set; }
}
