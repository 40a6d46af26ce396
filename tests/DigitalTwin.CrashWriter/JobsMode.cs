using System.Diagnostics;
using System.Globalization;
using System.Text;
using DigitalTwin.Jobs;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using DigitalTwin.Storage.Embedded.Objects;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DigitalTwin.CrashWriter;

/// <summary>
/// Leaves jobs behind and does them, and is killed at the n-th step: before or after any write to the table or to the objects. Started
/// again on the same folder, it goes on until every job is done.
/// </summary>
internal static class JobsMode
{
    private const string Kind = "effect";
    private const int Jobs = 4;

    public static async Task RunAsync(string folder, int killAt, int start, Action<string> print)
    {
        var clock = new Clock { Offset = TimeSpan.FromHours(start) };
        var steps = new Steps(killAt);
        await using var table = EmbeddedTable.Open(
            new EmbeddedTableOptions { Folder = Path.Combine(folder, "table") }, clock, NullLogger<EmbeddedTable>.Instance);
        using var objects = FileObjectStore.Open(Path.Combine(folder, "objects"), clock);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<ITable>(_ => new KilledTable(table, steps));
        services.AddSingleton(steps);
        services.AddSingleton<IObjectStore>(_ => objects);
        services.AddJobs(new ConfigurationBuilder().Build());
        services.AddJobHandler<Effect>(Kind);
        await using var provider = services.BuildServiceProvider();

        await LeaveAsync(provider);
        var runner = provider.GetRequiredService<JobRunner>();
        while ((await runner.SweepAsync(CancellationToken.None)).NextDueAt is { } next)
        {
            clock.Offset += next - clock.GetUtcNow();
        }

        print("done");
    }

    private static async Task LeaveAsync(IServiceProvider services)
    {
        var (table, board) = (services.GetRequiredService<ITable>(), services.GetRequiredService<JobBoard>());
        for (var i = 0; i < Jobs; i++)
        {
            var cause = new TableItem { Key = new("CAUSE", string.Create(CultureInfo.InvariantCulture, $"{i}")) };
            var job = board.Prepare(Kind, cause.Key.SK);
            if ((await table.WriteAsync(new[] { TableWrite.Put(cause, WriteCondition.Absent), job.Write })).Committed)
            {
                await board.AnnounceAsync(job);
            }
        }
    }

    /// <summary>An object that may be put twice and a counter that may not; the jobs 2 and 3 take a second run for it.</summary>
    private sealed class Effect(IObjectStore objects, ITable table, Steps steps, TimeProvider clock) : IJobHandler
    {
        public async ValueTask<JobOutcome> RunAsync(JobRun job, CancellationToken cancellationToken)
        {
            steps.Next();
            await objects.PutAsync($"effects/{job.Payload}", Encoding.UTF8.GetBytes(job.Payload), "text/plain", default, cancellationToken);
            steps.Next();
            var first = new ItemKey("FIRST", job.Payload);
            return job.Payload switch
            {
                "2" when await table.GetAsync(first, cancellationToken) is null =>
                    JobOutcome.Again(clock.GetUtcNow() + TimeSpan.FromMinutes(1), TableWrite.Add(first, 1)),
                "3" when job.Attempt == 1 => JobOutcome.Retry("The first try fails."),
                _ => JobOutcome.Done(TableWrite.Add(new("EFFECT", job.Payload), 1)),
            };
        }
    }

    private sealed class Steps(int killAt)
    {
        private int count;

        /// <summary>SIGKILL to this process, if this is the step for it.</summary>
        public void Next()
        {
            if (Interlocked.Increment(ref count) == killAt)
            {
                Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
            }
        }
    }

    private sealed class KilledTable(ITable inner, Steps steps) : ITable
    {
        public bool WritesInOrder => inner.WritesInOrder;

        public bool IsShared => inner.IsShared;

        public ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

        public async ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken)
        {
            steps.Next();
            var result = await inner.WriteAsync(writes, cancellationToken);
            steps.Next();
            return result;
        }

        public ValueTask ScrubAsync(CancellationToken cancellationToken) => inner.ScrubAsync(cancellationToken);
    }

    /// <summary>The machine's clock, moved on past leases and delays.</summary>
    private sealed class Clock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
