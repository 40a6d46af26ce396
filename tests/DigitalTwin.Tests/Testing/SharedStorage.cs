using DigitalTwin.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.Tests.Testing;

/// <summary>One table and one object store for several twins, as they have it on AWS. They live as long as the first twin that registered them.</summary>
internal sealed class SharedStorage
{
    private ITable? inner;
    private IObjectStore? objects;

    /// <summary>Puts the shared storage in the place of the one that is registered.</summary>
    /// <returns>This twin's line to the table.</returns>
    public Line Register(IServiceCollection services)
    {
        var line = new Line(this);
        var files = services.Last(service => service.ServiceType == typeof(IObjectStore));
        services.AddSingleton(provider => objects ??= (IObjectStore)files.ImplementationFactory!(provider));
        var real = services.Last(service => service.ServiceType == typeof(ITable));
        services.AddSingleton<ITable>(provider =>
        {
            line.Owns = inner is null;
            inner ??= (ITable)real.ImplementationFactory!(provider);
            return line;
        });
        return line;
    }

    internal sealed class Line(SharedStorage table) : ITable, IAsyncDisposable
    {
        /// <summary>The twin cannot reach the table any more; for the others it is as dead.</summary>
        public bool IsCut { get; set; }

        public bool WritesInOrder => false;

        public bool IsShared => true;

        internal bool Owns { get; set; }

        public ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken = default) => Inner.GetAsync(key, cancellationToken);

        public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken = default) => Inner.QueryAsync(query, cancellationToken);

        public ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken = default) =>
            Inner.WriteAsync(writes, cancellationToken);

        public ValueTask ScrubAsync(CancellationToken cancellationToken = default) => Inner.ScrubAsync(cancellationToken);

        public ValueTask DisposeAsync() => Owns ? ((IAsyncDisposable)table.inner!).DisposeAsync() : ValueTask.CompletedTask;

        private ITable Inner => IsCut ? throw new StorageUnavailableException("The line to the table is cut.") : table.inner!;
    }
}
