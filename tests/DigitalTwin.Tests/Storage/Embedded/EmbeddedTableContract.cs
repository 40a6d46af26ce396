using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DigitalTwin.Tests.Storage.Embedded;

public sealed class EmbeddedTableContract : TableContract
{
    private readonly TempFolder folder = new();
    private EmbeddedTable? table;

    protected override ValueTask<ITable> CreateAsync(TimeProvider time)
    {
        table = EmbeddedTable.Open(new EmbeddedTableOptions { Folder = folder.Path }, time, NullLogger<EmbeddedTable>.Instance);
        return new(table);
    }

    public override async ValueTask DisposeAsync()
    {
        await table!.DisposeAsync();
        folder.Dispose();
        await base.DisposeAsync();
    }
}
