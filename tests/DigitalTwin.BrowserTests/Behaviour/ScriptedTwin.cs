using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>A bookbinder's twin for the tests of one class. Each test scripts the answers that it asks for.</summary>
public sealed class ScriptedTwin : IAsyncLifetime
{
    internal const string Question = Workshop.Question;

    /// <summary>A statement of the first passage that the question finds, marked as such.</summary>
    internal const string Marked = "A full leather binding costs 180 pounds [1].";

    private readonly Workshop persona = new();
    private readonly LineCutter line = new();
    private ModelTwin twin = null!;

    internal ModelTwin Running => twin;

    internal OpenAiServer Model => twin.Model;

    internal TwinFixture Twin => twin.Twin;

    internal Uri Address => twin.Twin.Address;

    public async ValueTask InitializeAsync() => twin = await ModelTwin.StartAsync(null, line.Register, persona.Setting);

    public async ValueTask DisposeAsync()
    {
        await twin.DisposeAsync();
        persona.Dispose();
    }

    internal void Next(params string[] tokens) => twin.Next(tokens);

    internal OpenAiReply NextIsGated() => twin.NextIsGated();

    /// <summary>Cuts every stream of an answer that is open now.</summary>
    internal void CutLines() => line.Cut();
}
