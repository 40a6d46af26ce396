namespace DigitalTwin.Tests.Testing;

/// <summary>One twin for a class of tests that leave each other alone; without limits, and with a signing key that the tests know.</summary>
public sealed class SharedTwin : IAsyncDisposable
{
    public TwinFixture Twin { get; } = TwinFixture.Start(settings: [("Twin:Limits:Enabled", "false"), ("Twin:Signing:Key", TestCookie.SigningKey)]);

    public ValueTask DisposeAsync() => Twin.DisposeAsync();
}
