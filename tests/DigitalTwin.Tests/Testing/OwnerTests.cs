using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>Tests of what the owner does, each on a twin of its own that can be started again.</summary>
public abstract class OwnerTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();

    protected TwinFixture Twin { get; private set; } = null!;

    protected HttpClient Owner { get; private set; } = null!;

    public ValueTask InitializeAsync()
    {
        Start();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
        folder.Dispose();
    }

    /// <summary>A file or folder beside the twin's data, gone with the test.</summary>
    protected string File(string name) => folder.File(name);

    protected async Task RestartAsync()
    {
        await StopAsync();
        Start();
    }

    private void Start()
    {
        Twin = TwinFixture.Start(folder.File("data"));
        Owner = Twin.Owner();
    }

    private async Task StopAsync()
    {
        Owner.Dispose();
        await Twin.DisposeAsync();
    }
}
