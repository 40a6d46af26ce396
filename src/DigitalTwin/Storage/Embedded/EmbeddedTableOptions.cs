using Microsoft.Win32.SafeHandles;

namespace DigitalTwin.Storage.Embedded;

/// <summary>Where the embedded table keeps its files and when it compacts them.</summary>
public sealed record EmbeddedTableOptions
{
    public required string Folder { get; init; }

    /// <summary>A log of fewer bytes is never compacted by itself.</summary>
    public long CompactAtBytes { get; init; } = 64L << 20;

    /// <summary>A log is compacted when it is this many times the size of what is live.</summary>
    public double CompactAtRatio { get; init; } = 2;

    /// <summary>The flush to the disk, which tests hold up and let fail.</summary>
    internal Action<SafeFileHandle> Flush { get; init; } = RandomAccess.FlushToDisk;
}
