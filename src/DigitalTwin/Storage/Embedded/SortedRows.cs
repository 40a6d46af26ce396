namespace DigitalTwin.Storage.Embedded;

/// <summary>
/// The rows of one partition in order: a sorted list in chunks, so that a million rows still take an insert of a few hundred
/// references at most, appending touches only the last chunk, and a partition of one row is a few small objects.
/// </summary>
internal sealed class SortedRows(TableIndex index)
{
    private const int ChunkRows = 512;

    private Chunk[] chunks = [];
    private int chunkCount;

    public bool IsEmpty => chunkCount == 0;

    public RowPlace End => new(chunkCount, 0);

    public Row this[RowPlace place] => chunks[place.Chunk].Rows[place.Offset];

    public RowPlace Next(RowPlace place) =>
        place.Offset + 1 < chunks[place.Chunk].Count ? new(place.Chunk, place.Offset + 1) : new(place.Chunk + 1, 0);

    public RowPlace Previous(RowPlace place) =>
        place.Offset > 0 ? new(place.Chunk, place.Offset - 1) : new(place.Chunk - 1, chunks[place.Chunk - 1].Count - 1);

    /// <summary>The place of the first row behind the cut; <see cref="End"/> when there is none.</summary>
    public RowPlace Seek(RowCut cut)
    {
        // Most writes append and most reads want the newest: look at the very end first.
        if (chunkCount == 0 || cut.IsBehind(chunks[chunkCount - 1].Last, index))
        {
            return End;
        }

        var (low, high) = (0, chunkCount - 1);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = cut.IsBehind(chunks[middle].Last, index) ? (middle + 1, high) : (low, middle);
        }

        var rows = chunks[low].Rows;
        var (first, last) = (0, chunks[low].Count - 1);
        while (first < last)
        {
            var middle = (first + last) >>> 1;
            (first, last) = cut.IsBehind(rows[middle], index) ? (middle + 1, last) : (first, middle);
        }

        return new(low, first);
    }

    /// <summary>Finds the row that stands where <paramref name="like"/> would.</summary>
    public bool TryFind(Row like, out RowPlace place)
    {
        place = Seek(RowCut.BeforeRow(like, index));
        return place != End && IsAt(place, like.SortIn(index)) && (index == TableIndex.Primary || HasKey(this[place], like));
    }

    /// <summary>Finds a row of a primary partition by its sort key.</summary>
    public bool TryFind(ReadOnlySpan<byte> sort, out Row row)
    {
        var place = Seek(RowCut.BeforeSort(sort));
        var found = place != End && IsAt(place, sort);
        row = found ? this[place] : default;
        return found;
    }

    public void Set(RowPlace place, Row row) => chunks[place.Chunk].Rows[place.Offset] = row;

    /// <summary>Adds a row whose position is not taken.</summary>
    public void Insert(Row row)
    {
        var place = Seek(RowCut.BeforeRow(row, index));
        if (place == End)
        {
            Append(row);
            return;
        }

        if (chunks[place.Chunk].Count == ChunkRows)
        {
            Split(place.Chunk);
            place = place.Offset > ChunkRows / 2 ? new(place.Chunk + 1, place.Offset - (ChunkRows / 2)) : place;
        }

        chunks[place.Chunk].Insert(place.Offset, row);
    }

    public void RemoveAt(RowPlace place)
    {
        chunks[place.Chunk].RemoveAt(place.Offset);
        if (chunks[place.Chunk].Count == 0)
        {
            chunkCount--;
            Array.Copy(chunks, place.Chunk + 1, chunks, place.Chunk, chunkCount - place.Chunk);
            chunks[chunkCount] = null!;
        }
    }

    private static bool HasKey(Row one, Row other) => one.PK.SequenceEqual(other.PK) && one.SK.SequenceEqual(other.SK);

    private bool IsAt(RowPlace place, ReadOnlySpan<byte> sort) => this[place].SortIn(index).SequenceEqual(sort);

    private void Append(Row row)
    {
        // A full last chunk is left full instead of split, so that partitions written in order are dense.
        if (chunkCount == 0 || chunks[chunkCount - 1].Count == ChunkRows)
        {
            InsertChunk(chunkCount, new Chunk());
        }

        chunks[chunkCount - 1].Insert(chunks[chunkCount - 1].Count, row);
    }

    private void Split(int at) => InsertChunk(at + 1, chunks[at].TakeFrom(ChunkRows / 2));

    private void InsertChunk(int at, Chunk chunk)
    {
        if (chunkCount == chunks.Length)
        {
            Array.Resize(ref chunks, Math.Max(1, chunkCount * 2));
        }

        Array.Copy(chunks, at, chunks, at + 1, chunkCount - at);
        chunks[at] = chunk;
        chunkCount++;
    }

    private sealed class Chunk
    {
        public Row[] Rows { get; private set; } = new Row[1];

        public int Count { get; private set; }

        public Row Last => Rows[Count - 1];

        public void Insert(int at, Row row)
        {
            if (Count == Rows.Length)
            {
                var grown = new Row[Count * 2];
                Rows.AsSpan(0, Count).CopyTo(grown);
                Rows = grown;
            }

            Array.Copy(Rows, at, Rows, at + 1, Count - at);
            Rows[at] = row;
            Count++;
        }

        public void RemoveAt(int at)
        {
            Count--;
            Array.Copy(Rows, at + 1, Rows, at, Count - at);
            Rows[Count] = default;
        }

        public Chunk TakeFrom(int at)
        {
            var taken = new Chunk { Rows = new Row[ChunkRows], Count = Count - at };
            Array.Copy(Rows, at, taken.Rows, 0, taken.Count);
            Array.Clear(Rows, at, taken.Count);
            Count = at;
            return taken;
        }
    }
}

/// <summary>Where a row is in <see cref="SortedRows"/>; good until the next change of the partition.</summary>
internal readonly record struct RowPlace(int Chunk, int Offset) : IComparable<RowPlace>
{
    public int CompareTo(RowPlace other) => Chunk != other.Chunk ? Chunk.CompareTo(other.Chunk) : Offset.CompareTo(other.Offset);

    public static RowPlace Later(RowPlace one, RowPlace other) => one.CompareTo(other) >= 0 ? one : other;

    public static RowPlace Earlier(RowPlace one, RowPlace other) => one.CompareTo(other) <= 0 ? one : other;
}
