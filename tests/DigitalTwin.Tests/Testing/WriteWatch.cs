using System.Collections.Concurrent;
using DigitalTwin.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.Tests.Testing;

/// <summary>Knows which requests wrote to the table, however long after its client left a request went on.</summary>
internal sealed class WriteWatch : IStartupFilter
{
    private readonly AsyncLocal<Tally?> current = new();
    private readonly ConcurrentQueue<string> refusedButWritten = new();
    private int refused;
    private int written;

    /// <summary>Requests that were answered with an error and wrote something all the same.</summary>
    public IReadOnlyCollection<string> RefusedButWritten => refusedButWritten;

    /// <summary>How many requests were answered with an error.</summary>
    public int Refused => Volatile.Read(ref refused);

    /// <summary>How many writes requests made.</summary>
    public int Written => Volatile.Read(ref written);

    /// <summary>Puts the watch between the application and its table.</summary>
    public void Register(IServiceCollection services)
    {
        var table = services.Last(service => service.ServiceType == typeof(ITable)).ImplementationFactory!;
        services.AddSingleton<ITable>(provider => new WatchedTable((ITable)table(provider), this));
        services.AddSingleton<IStartupFilter>(this);
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, rest) =>
        {
            var tally = current.Value = new Tally();
            await rest(context);
            if (context.Response.StatusCode >= 400)
            {
                Interlocked.Increment(ref refused);
                if (tally.Writes > 0)
                {
                    refusedButWritten.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}: {context.Response.StatusCode}");
                }
            }
        });
        next(app);
    };

    private sealed class Tally
    {
        public int Writes;
    }

    private sealed class WatchedTable(ITable inner, WriteWatch watch) : ITable, IAsyncDisposable
    {
        public bool WritesInOrder => inner.WritesInOrder;

        public bool IsShared => inner.IsShared;

        public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();

        public ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

        public async ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken)
        {
            var result = await inner.WriteAsync(writes, cancellationToken);
            if (result.Committed && watch.current.Value is { } tally)
            {
                Interlocked.Increment(ref tally.Writes);
                Interlocked.Increment(ref watch.written);
            }

            return result;
        }

        public ValueTask ScrubAsync(CancellationToken cancellationToken) => inner.ScrubAsync(cancellationToken);
    }
}
