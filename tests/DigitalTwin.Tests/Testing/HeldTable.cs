using System.Threading.Channels;
using DigitalTwin.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>The twin's table with a hand on it: a test holds a read or a write back and sees what others ask for meanwhile.</summary>
internal sealed class HeldTable : ITable, IAsyncDisposable
{
    private readonly Channel<string> reads = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITable inner = null!;
    private string? heldPut;
    private string? heldRead;

    /// <summary>Done when what is held has come.</summary>
    public Task Arrived => arrived.Task;

    /// <summary>Puts itself in front of the table that is registered.</summary>
    public void Register(IServiceCollection services)
    {
        var real = services.Last(service => service.ServiceType == typeof(ITable));
        services.AddSingleton<ITable>(provider =>
        {
            inner = (ITable)real.ImplementationFactory!(provider);
            return this;
        });
    }

    /// <summary>The next transaction that puts an item with such a sort key waits for <see cref="Release"/>.</summary>
    public void HoldNextPut(string sortPrefix) => heldPut = sortPrefix;

    /// <summary>The next read of an item with such a sort key waits for <see cref="Release"/>.</summary>
    public void HoldNextRead(string sortPrefix) => heldRead = sortPrefix;

    public void Release() => released.SetResult();

    /// <summary>Waits for one more read of an item whose sort key begins like this.</summary>
    public async Task ReadAsync(string sortPrefix)
    {
        while (!(await reads.Reader.ReadAsync(TestContext.Current.CancellationToken)).StartsWith(sortPrefix, StringComparison.Ordinal))
        {
        }
    }

    /// <summary>What the table says of itself; the embedded one keeps the order.</summary>
    public bool WritesInOrder { get; init; }

    public bool IsShared => false;

    public async ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken = default)
    {
        reads.Writer.TryWrite(key.SK);
        if (heldRead is { } prefix && key.SK.StartsWith(prefix, StringComparison.Ordinal) && Interlocked.Exchange(ref heldRead, null) is not null)
        {
            await HoldAsync();
        }

        return await inner.GetAsync(key, cancellationToken);
    }

    public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken = default) =>
        inner.QueryAsync(query, cancellationToken);

    public async ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken = default)
    {
        if (heldPut is { } prefix && Puts(writes.Span, prefix) && Interlocked.Exchange(ref heldPut, null) is not null)
        {
            await HoldAsync();
        }

        return await inner.WriteAsync(writes, cancellationToken);
    }

    public ValueTask ScrubAsync(CancellationToken cancellationToken = default) => inner.ScrubAsync(cancellationToken);

    /// <summary>The container made only this one, so the table behind it is closed from here.</summary>
    public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();

    private Task HoldAsync()
    {
        arrived.SetResult();
        return released.Task;
    }

    private static bool Puts(ReadOnlySpan<TableWrite> writes, string sortPrefix)
    {
        foreach (var write in writes)
        {
            if (write.Kind is TableWriteKind.Put && write.Key.SK.StartsWith(sortPrefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
