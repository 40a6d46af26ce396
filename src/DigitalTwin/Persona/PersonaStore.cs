using System.Globalization;
using DigitalTwin.Storage;

namespace DigitalTwin.Persona;

/// <summary>The persona in the table: one current version, every version kept.</summary>
public sealed class PersonaStore(ITable table, TimeProvider clock)
{
    private const string Partition = "PERSONA";
    private const string VersionPrefix = "VERSION#";
    private static readonly ItemKey CurrentKey = new(Partition, "CURRENT");

    private PersonaVersion? cached;

    /// <summary>Called after a new version is stored, before its writer is answered.</summary>
    public event Action<PersonaVersion>? Changed;

    /// <summary>The current persona, or null before the first one is stored.</summary>
    public async ValueTask<PersonaVersion?> FindCurrentAsync(CancellationToken cancellationToken = default)
    {
        if (await table.GetAsync(CurrentKey, cancellationToken) is not { } item)
        {
            return null;
        }

        var known = cached;
        return known?.Version == item.Version ? known : cached = item.Read(PersonaJson.Default.PersonaVersion);
    }

    /// <summary>The current persona. There always is one: the start seeds it.</summary>
    public async ValueTask<PersonaVersion> CurrentAsync(CancellationToken cancellationToken = default) =>
        await FindCurrentAsync(cancellationToken) ?? throw new InvalidOperationException("The persona was not seeded.");

    public async ValueTask<PersonaVersion?> FindVersionAsync(int version, CancellationToken cancellationToken = default) =>
        (await table.GetAsync(VersionKey(version), cancellationToken))?.Read(PersonaJson.Default.PersonaVersion);

    /// <summary>The versions, newest first.</summary>
    public async ValueTask<PersonaVersionList> ListVersionsAsync(PageRequest page, CancellationToken cancellationToken = default)
    {
        var query = new TableQuery { Partition = Partition, SortPrefix = VersionPrefix, Descending = true, Limit = page.Limit, After = page.After };
        var found = await table.QueryAsync(query, cancellationToken);
        var items = found.Items.Select(item => item.Read(PersonaJson.Default.PersonaVersion))
            .Select(v => new PersonaVersionSummary(v.Version, v.Profile.Name, v.CreatedAt, v.RestoredFrom));
        return new PersonaVersionList([.. items], found.Next?.ToString());
    }

    /// <summary>
    /// Stores a new current version. Null when <paramref name="expectedVersion"/> is not the current one (0: none yet), or when
    /// another writer came first.
    /// </summary>
    public async ValueTask<PersonaVersion?> SaveAsync(
        string me, PersonaProfile profile, int expectedVersion, int? restoredFrom = null, CancellationToken cancellationToken = default)
    {
        var next = new PersonaVersion(expectedVersion + 1, me, profile, clock.GetUtcNow(), restoredFrom);
        var body = StoredBody.From(next, PersonaJson.Default.PersonaVersion);
        TableWrite[] writes =
        [
            TableWrite.Put(
                new TableItem { Key = CurrentKey, Version = next.Version, Body = body },
                expectedVersion == 0 ? WriteCondition.Absent : WriteCondition.VersionIs(expectedVersion)),
            TableWrite.Put(new TableItem { Key = VersionKey(next.Version), Version = 1, Body = body }, WriteCondition.Absent),
        ];
        if (!(await table.WriteAsync(writes, cancellationToken)).Committed)
        {
            return null;
        }

        Changed?.Invoke(next);
        return next;
    }

    private static ItemKey VersionKey(int version) => new(Partition, string.Create(CultureInfo.InvariantCulture, $"{VersionPrefix}{version:D10}"));
}
