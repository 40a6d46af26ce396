using DigitalTwin.Chat;
using DigitalTwin.Knowledge;
using DigitalTwin.Persona;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DigitalTwin.Tests.Chat;

public sealed class PersonaPassagesTests
{
    [Fact]
    public async Task A_change_that_is_announced_late_does_not_bring_back_an_older_persona()
    {
        using var folder = new TempFolder();
        await using var table = EmbeddedTable.Open(new EmbeddedTableOptions { Folder = folder.Path }, TimeProvider.System, NullLogger<EmbeddedTable>.Instance);
        var held = new LateTable(table);
        var store = new PersonaStore(held, TimeProvider.System);
        var profile = new PersonaProfile("Otto", "Beekeeper", "Hej!", [], "#c79a00");
        await store.SaveAsync("I am the first.", profile, 0, cancellationToken: TestContext.Current.CancellationToken);
        var passages = new PersonaPassages(store, new PassageIndex());
        await passages.StartAsync(TestContext.Current.CancellationToken);

        held.Answers = new TaskCompletionSource();
        var second = store.SaveAsync("I am the second.", profile, 1, cancellationToken: TestContext.Current.CancellationToken).AsTask();
        (var release, held.Answers) = (held.Answers, null);
        Assert.NotNull(await store.SaveAsync("I am the third.", profile, 2, cancellationToken: TestContext.Current.CancellationToken));
        release.SetResult();
        await second;

        Assert.Contains("third", Assert.Single(passages.Current).Text, StringComparison.Ordinal);
    }

    /// <summary>Commits at once, and says so when it is told to.</summary>
    private sealed class LateTable(ITable inner) : ITable
    {
        public TaskCompletionSource? Answers { get; set; }

        public bool WritesInOrder => inner.WritesInOrder;

        public bool IsShared => inner.IsShared;

        public ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

        public async ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken)
        {
            var answers = Answers;
            var result = await inner.WriteAsync(writes, cancellationToken);
            await (answers?.Task ?? Task.CompletedTask);
            return result;
        }

        public ValueTask ScrubAsync(CancellationToken cancellationToken) => inner.ScrubAsync(cancellationToken);
    }
}
