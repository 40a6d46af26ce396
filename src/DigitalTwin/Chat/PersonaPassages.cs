using DigitalTwin.Knowledge;
using DigitalTwin.Persona;

namespace DigitalTwin.Chat;

/// <summary>Keeps the persona's own text in the index, as the document <c>persona</c>, so that it can be found and cited like any other.</summary>
public sealed class PersonaPassages(PersonaStore personas, PassageIndex index) : IHostedService
{
    public const string DocumentId = "persona";

    private readonly Lock putting = new();
    private int version;

    /// <summary>The passages of the current persona, in the order of its text.</summary>
    public IReadOnlyList<Passage> Current { get; private set; } = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        personas.Changed += Put;
        Put(await personas.CurrentAsync(cancellationToken));
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        personas.Changed -= Put;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Takes a version over if it is the latest. Two changes may arrive in another order than they were stored in, and a change that
    /// another process made is seen first by whoever reads the persona.
    /// </summary>
    public void Put(PersonaVersion persona)
    {
        if (persona.Version <= Volatile.Read(ref version))
        {
            return;
        }

        lock (putting)
        {
            if (persona.Version <= version)
            {
                return;
            }

            var title = $"About {persona.Profile.Name}";
            Current = PassageSplitter.Split(DocumentId, title, DocumentText.FromPlainText(persona.Me));
            index.Put(DocumentId, Current);
            version = persona.Version;
        }
    }
}
