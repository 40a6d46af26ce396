namespace DigitalTwin.Storage.Embedded;

/// <summary>
/// A cut between the rows of a sorted partition: each row is before it or behind it. Ranges, prefixes and cursors are all cuts.
/// Comparing UTF-8 bytes gives the port's order without a thought for surrogates.
/// </summary>
internal readonly ref struct RowCut
{
    private readonly ReadOnlySpan<byte> sort;
    private readonly ReadOnlySpan<byte> pk;
    private readonly ReadOnlySpan<byte> sk;
    private readonly CutKind kind;

    private RowCut(CutKind kind, ReadOnlySpan<byte> sort, ReadOnlySpan<byte> pk = default, ReadOnlySpan<byte> sk = default)
    {
        this.kind = kind;
        this.sort = sort;
        this.pk = pk;
        this.sk = sk;
    }

    private enum CutKind
    {
        BeforeSort,
        BehindSort,
        BehindPrefix,
        BeforeKey,
        BehindKey,
    }

    public static RowCut BeforeSort(ReadOnlySpan<byte> sort) => new(CutKind.BeforeSort, sort);

    public static RowCut BehindSort(ReadOnlySpan<byte> sort) => new(CutKind.BehindSort, sort);

    /// <summary>Behind all rows whose sort key starts with <paramref name="prefix"/>.</summary>
    public static RowCut BehindPrefix(ReadOnlySpan<byte> prefix) => new(CutKind.BehindPrefix, prefix);

    /// <summary>Before the row with this sort key and this primary key, whether or not it exists.</summary>
    public static RowCut BeforeKey(ReadOnlySpan<byte> sort, ReadOnlySpan<byte> pk, ReadOnlySpan<byte> sk) =>
        new(CutKind.BeforeKey, sort, pk, sk);

    public static RowCut BehindKey(ReadOnlySpan<byte> sort, ReadOnlySpan<byte> pk, ReadOnlySpan<byte> sk) =>
        new(CutKind.BehindKey, sort, pk, sk);

    public static RowCut BeforeRow(Row row, TableIndex index) => BeforeKey(row.SortIn(index), row.PK, row.SK);

    public static RowCut BehindRow(Row row, TableIndex index) => BehindKey(row.SortIn(index), row.PK, row.SK);

    public bool IsBehind(Row row, TableIndex index)
    {
        var rowSort = row.SortIn(index);
        var order = rowSort.SequenceCompareTo(sort);
        return kind switch
        {
            CutKind.BeforeSort => order < 0,
            CutKind.BehindSort => order <= 0,
            CutKind.BehindPrefix => order < 0 || rowSort.StartsWith(sort),
            CutKind.BeforeKey => order < 0 || (order == 0 && TieOrder(row, index) < 0),
            _ => order < 0 || (order == 0 && TieOrder(row, index) <= 0),
        };
    }

    /// <summary>Sort keys are unique in the table but not in an index, where the primary key breaks the tie.</summary>
    private int TieOrder(Row row, TableIndex index)
    {
        if (index == TableIndex.Primary)
        {
            return 0;
        }

        var order = row.PK.SequenceCompareTo(pk);
        return order != 0 ? order : row.SK.SequenceCompareTo(sk);
    }
}
