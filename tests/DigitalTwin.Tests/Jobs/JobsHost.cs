using DigitalTwin.Jobs;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using DigitalTwin.Tests.Storage.Embedded;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace DigitalTwin.Tests.Jobs;

/// <summary>A table of jobs with any number of workers on it, as if each were a process of its own; nothing runs before a test says so.</summary>
internal sealed class JobsHost : IAsyncDisposable
{
    public const string Kind = "test";
    private readonly TableFolder folder = new();
    private readonly List<ServiceProvider> workers = [];

    public JobsHost()
    {
        Table = folder.Open();
        First = NewWorker();
    }

    public ManualTimeProvider Clock => folder.Time;

    public EmbeddedTable Table { get; }

    /// <summary>What the job does; by default it is done at once.</summary>
    public Func<JobRun, CancellationToken, ValueTask<JobOutcome>> Work { get; set; } = (_, _) => new(JobOutcome.Done());

    /// <summary>The tries so far, in their order.</summary>
    public List<JobRun> Tries { get; } = [];

    public IServiceProvider First { get; }

    public JobBoard Board => First.GetRequiredService<JobBoard>();

    public JobRunner Runner => First.GetRequiredService<JobRunner>();

    public JobControl Control => First.GetRequiredService<JobControl>();

    /// <param name="table">What stands between this worker and the table.</param>
    public IServiceProvider NewWorker(ITable? table = null, TimeProvider? clock = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(clock ?? Clock);
        services.AddSingleton<ITable>(_ => new NotOwned(table ?? Table));
        services.AddJobs(new ConfigurationBuilder().Build());
        services.AddSingleton(new Scripted(this));
        services.AddSingleton(new JobKind(Kind, typeof(Scripted), null));
        var worker = services.BuildServiceProvider();
        workers.Add(worker);
        return worker;
    }

    /// <summary>The background worker of such a process.</summary>
    public static IHostedService Background(IServiceProvider worker) => worker.GetServices<IHostedService>().Single();

    /// <summary>Commits a job, and rings for it unless the bell is lost.</summary>
    public async Task<string> LeaveAsync(string payload = "p", DateTimeOffset? dueAt = null, string? key = null, string kind = Kind)
    {
        var job = Board.Prepare(kind, payload, dueAt, key);
        Assert.True((await Table.WriteAsync(new[] { job.Write })).Committed);
        await Board.AnnounceAsync(job);
        return job.Id;
    }

    public Task<JobRunResult> RunAsync(string id) => Runner.RunAsync(id, TestContext.Current.CancellationToken);

    public Task<JobSweep> SweepAsync() => Runner.SweepAsync(TestContext.Current.CancellationToken);

    public async Task<StoredJob?> FindAsync(string id) => await Table.GetAsync(JobKeys.Job(id)) is { } item ? StoredJob.Of(item) : null;

    public async Task<bool> WriteAsync(params TableWrite[] writes) => (await Table.WriteAsync(writes)).Committed;

    /// <summary>A counter that jobs add to, to show that they had their effect.</summary>
    public async Task<long> CountAsync(ItemKey key) => await Table.GetAsync(key) is { } item ? item.Counter : 0;

    public async Task<JobRecord> RecordAsync(string id) => (await FindAsync(id))!.Record;

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers)
        {
            await worker.DisposeAsync();
        }

        await Table.DisposeAsync();
        folder.Dispose();
    }

    private sealed class Scripted(JobsHost host) : IJobHandler
    {
        public ValueTask<JobOutcome> RunAsync(JobRun job, CancellationToken cancellationToken)
        {
            lock (host.Tries)
            {
                host.Tries.Add(job);
            }

            return host.Work(job, cancellationToken);
        }
    }

    /// <summary>A table that outlives the container it is in.</summary>
    private sealed class NotOwned(ITable inner) : ITable
    {
        public bool WritesInOrder => inner.WritesInOrder;

        public bool IsShared => inner.IsShared;

        public ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

        public ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken) =>
            inner.WriteAsync(writes, cancellationToken);

        public ValueTask ScrubAsync(CancellationToken cancellationToken) => inner.ScrubAsync(cancellationToken);
    }
}
