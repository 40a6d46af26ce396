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

    internal IReadOnlyList<RunningJob> Find(string id)
    {
        lock (gate)
        {
            return all.FindAll(job => job.Id == id);
        }
    }
}

internal sealed class RunningJob(string id, CancellationTokenSource cancellation)
{
    public string Id { get; } = id;

    public CancellationTokenSource Cancellation { get; } = cancellation;

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the run was ended because there is no use for it any more.</summary>
    public bool IsWithdrawn { get; private set; }

    /// <summary>Cancels the run and waits until its handler has returned.</summary>
    public async Task EndAsync()
    {
        IsWithdrawn = true;
        try
        {
            await Cancellation.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }

        await Ended.Task;
    }
}
