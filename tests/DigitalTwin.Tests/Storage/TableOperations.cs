using System.Globalization;
using System.Text;
using DigitalTwin.Storage;
using FsCheck;
using FsCheck.Fluent;

namespace DigitalTwin.Tests.Storage;

/// <summary>One step of a random history.</summary>
internal abstract record TableOperation
{
    public sealed record Write(IReadOnlyList<TableWrite> Writes) : TableOperation
    {
        public override string ToString() => $"Write {string.Join("; ", Writes.Select(Text))}";

        private static string Text(TableWrite write) =>
            $"{write.Kind} {write.Key.PK}/{write.Key.SK} if {write.Condition.Kind} {write.Condition.Version} {write.Amount} {write.Ceiling} {write.Item}";
    }

    public sealed record Get(ItemKey Key) : TableOperation;

    public sealed record Query(TableQuery Value) : TableOperation;

    public sealed record Wait(int Seconds) : TableOperation;

    public sealed record Scrub : TableOperation;

    public sealed record Reopen : TableOperation;
}

/// <summary>Random histories over so few keys that their operations meet.</summary>
internal static class TableOperations
{
    /// <summary>When histories begin; some of their items expire soon after.</summary>
    public const long Start = 1_893_499_200;

    private static readonly Gen<string> Partitions = Gen.Elements("A", "B");
    private static readonly Gen<string> Sorts = Gen.Elements("1", "10", "2", "é", "～", "🌍", "🌍1");
    private static readonly Gen<ItemKey> Keys = Partitions.SelectMany(_ => Sorts, (pk, sk) => new ItemKey(pk, sk));
    private static readonly Gen<long> Versions = Gen.Choose(1, 3).Select(version => (long)version);

    private static readonly Gen<IndexKey?> Positions = Gen.Frequency(
        (1, Gen.Constant<IndexKey?>(null)), (3, Partitions.SelectMany(_ => Sorts, (pk, sk) => (IndexKey?)new IndexKey(pk, sk))));

    private static readonly Gen<long?> Expiries = Gen.Frequency(
        (3, Gen.Constant<long?>(null)), (1, Gen.Choose(1, 30).Select(seconds => (long?)Start + seconds)));

    private static readonly Gen<WriteCondition> Conditions = Gen.Frequency(
        (4, Gen.Constant(WriteCondition.None)),
        (1, Gen.Constant(WriteCondition.Absent)),
        (1, Gen.Constant(WriteCondition.Present)),
        (1, Versions.Select(WriteCondition.VersionIs)));

    private static readonly Gen<TableItem> Items =
        from key in Keys
        from gsi1 in Positions
        from gsi2 in Positions
        from version in Versions
        from expiry in Expiries
        from body in Gen.Choose(0, 1000)
        select new TableItem
        {
            Key = key,
            Gsi1 = gsi1,
            Gsi2 = gsi2,
            Version = version,
            ExpiresAt = expiry,
            Body = Encoding.UTF8.GetBytes(body.ToString(CultureInfo.InvariantCulture)),
        };

    private static readonly Gen<TableWrite> Adds =
        from key in Keys
        from amount in Gen.Choose(-5, 10)
        from ceiling in Gen.Elements<long?>(null, 5, 20)
        from expiry in Expiries
        select TableWrite.Add(key, amount, ceiling, expiry);

    private static readonly Gen<TableWrite> Writes = Gen.Frequency(
        (5, Items.SelectMany(_ => Conditions, (item, condition) => TableWrite.Put(item, condition))),
        (2, Keys.SelectMany(_ => Conditions, TableWrite.Delete)),
        (1, Keys.SelectMany(_ => Conditions, TableWrite.Check)),
        (2, Adds));

    private static readonly Gen<TableQuery> Queries =
        from partition in Partitions
        from index in Gen.Elements(TableIndex.Primary, TableIndex.Gsi1, TableIndex.Gsi2)
        from backwards in Gen.Elements(false, true)
        from limit in Gen.Choose(1, 6)
        from range in Gen.Choose(0, 3)
        from one in Sorts
        from other in Sorts
        select new TableQuery
        {
            Partition = partition,
            Index = index,
            Descending = backwards,
            Limit = limit,
            SortPrefix = range == 1 ? one : null,
            SortFrom = range is 2 ? one : null,
            SortTo = range is 2 or 3 ? other : null,
        };

    private static readonly Gen<TableOperation> Any = Gen.Frequency(
        (10, Writes.NonEmptyListOf().Select(writes => (TableOperation)new TableOperation.Write([.. writes.DistinctBy(write => write.Key).Take(6)]))),
        (4, Keys.Select(key => (TableOperation)new TableOperation.Get(key))),
        (6, Queries.Select(query => (TableOperation)new TableOperation.Query(query))),
        (1, Gen.Choose(1, 10).Select(seconds => (TableOperation)new TableOperation.Wait(seconds))),
        (1, Gen.Constant<TableOperation>(new TableOperation.Scrub())),
        (1, Gen.Constant<TableOperation>(new TableOperation.Reopen())));

    /// <summary>Histories that shrink by leaving out operations.</summary>
    public static Arbitrary<TableOperation[]> Histories { get; } = Arb.From(Gen.ArrayOf(Any), Shorter);

    private static IEnumerable<TableOperation[]> Shorter(TableOperation[] history)
    {
        for (var size = history.Length / 2; size > 0; size /= 2)
        {
            for (var from = 0; from + size <= history.Length; from += size)
            {
                yield return [.. history[..from], .. history[(from + size)..]];
            }
        }
    }
}
