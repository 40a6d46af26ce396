using DigitalTwin.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.Tests.Testing;

/// <summary>The twin's object store with a hand on it: a test holds a put back, before or after it is done, or lets it fail.</summary>
internal sealed class HeldObjects : IObjectStore
{
    private TaskCompletionSource arrived = New();
    private TaskCompletionSource released = New();
    private IObjectStore inner = null!;
    private bool holdsBefore;
    private bool holdsAfter;

    /// <summary>Done when the held put has come, or is done.</summary>
    public Task Arrived => arrived.Task;

    public bool Fails { get; set; }

    /// <summary>Puts itself in front of the store that is registered.</summary>
    public void Register(IServiceCollection services)
    {
        var real = services.Last(service => service.ServiceType == typeof(IObjectStore));
        services.AddSingleton<IObjectStore>(provider =>
        {
            inner = (IObjectStore)real.ImplementationFactory!(provider);
            return this;
        });
    }

    public void HoldNextPut(bool after)
    {
        (arrived, released) = (New(), New());
        (holdsBefore, holdsAfter) = (!after, after);
    }

    public void Release() => released.SetResult();

    public async ValueTask<ObjectInfo?> PutAsync(
        string key, ReadOnlyMemory<byte> content, string mediaType, ObjectCondition condition, CancellationToken cancellationToken)
    {
        if (Fails)
        {
            throw new StorageUnavailableException("The bucket is away.");
        }

        if (holdsBefore)
        {
            await HoldAsync();
        }

        var info = await inner.PutAsync(key, content, mediaType, condition, cancellationToken);
        if (holdsAfter)
        {
            await HoldAsync();
        }

        return info;
    }

    public ValueTask<StoredObject?> GetAsync(string key, string? versionId, CancellationToken cancellationToken) =>
        inner.GetAsync(key, versionId, cancellationToken);

    public ValueTask<IReadOnlyList<ObjectInfo>> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, after, limit, cancellationToken);

    public ValueTask<IReadOnlyList<ObjectInfo>> ListVersionsAsync(string key, CancellationToken cancellationToken) =>
        inner.ListVersionsAsync(key, cancellationToken);

    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public ValueTask EraseAsync(string key, CancellationToken cancellationToken) => inner.EraseAsync(key, cancellationToken);

    private async Task HoldAsync()
    {
        (holdsBefore, holdsAfter) = (false, false);
        arrived.SetResult();
        await released.Task;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
