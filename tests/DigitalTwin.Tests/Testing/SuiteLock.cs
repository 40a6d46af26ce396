using DigitalTwin.Tests.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(SuiteLock))]

// Half of the tests wait for other processes most of the time.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace DigitalTwin.Tests.Testing;

/// <summary>
/// One test project at a time: <c>dotnet test</c> runs those of a solution side by side, and tests that measure need the machine to
/// themselves.
/// </summary>
public sealed class SuiteLock : IAsyncLifetime
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);

    private FileStream? held;

    public async ValueTask InitializeAsync()
    {
        var path = Path.Combine(Path.GetTempPath(), "digital-twin-tests.lock");
        while (held is null)
        {
            try
            {
                held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(Retry);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (held is not null)
        {
            await held.DisposeAsync();
        }
    }
}
