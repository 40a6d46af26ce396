using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded.Objects;
using DigitalTwin.Tests.Testing;

namespace DigitalTwin.Tests.Storage.Embedded;

public sealed class FileObjectStoreContract : ObjectStoreContract
{
    private readonly TempFolder folder = new();
    private FileObjectStore? store;

    protected override ValueTask<IObjectStore> CreateAsync(TimeProvider time)
    {
        store = FileObjectStore.Open(folder.Path, time);
        return new(store);
    }

    public override async ValueTask DisposeAsync()
    {
        store!.Dispose();
        folder.Dispose();
        await base.DisposeAsync();
    }
}
