using System.Text;
using DigitalTwin.Knowledge;
using DigitalTwin.Persona;
using DigitalTwin.Storage;

namespace DigitalTwin.Hosting;

/// <summary>Before the first request: an empty store is seeded, then the documents are read into the index.</summary>
internal sealed partial class TwinStartup(
    ITable table, PersonaStore personas, KnowledgeStore knowledge, HostingSettings settings, ILogger<TwinStartup> logger) : IHostedService
{
    private static readonly ItemKey SeededKey = new("SEED", "META");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await table.GetAsync(SeededKey, cancellationToken) is null)
        {
            await SeedAsync(cancellationToken);
        }

        await knowledge.LoadAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The mark comes last and each step can be repeated, so a seeding that was cut off is simply done again.</summary>
    private async Task SeedAsync(CancellationToken cancellationToken)
    {
        var seed = SeedFolder.Read(settings.SeedPath);
        foreach (var document in seed.Documents)
        {
            if (await knowledge.AddAsync(document, cancellationToken) is AddDocumentOutcome.Unreadable(var reason))
            {
                throw new BadSettingsException($"Twin:Persona:SeedPath: {document.FallbackTitle}: {reason}");
            }
        }

        if (await personas.FindCurrentAsync(cancellationToken) is null)
        {
            await personas.SaveAsync(seed.Me, seed.Profile, expectedVersion: 0, cancellationToken: cancellationToken);
        }

        var mark = new TableItem { Key = SeededKey, Body = Encoding.UTF8.GetBytes("{}") };
        await table.WriteAsync(new[] { TableWrite.Put(mark) }, cancellationToken);
        Log.Seeded(logger, seed.Profile.Name, seed.Documents.Count);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Seeded {Name} with {Documents} documents.")]
        public static partial void Seeded(ILogger logger, string name, int documents);
    }
}
