using BenchmarkDotNet.Attributes;
using DigitalTwin.Benchmarks.Start;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

namespace DigitalTwin.Benchmarks.Micro;

/// <summary>Durable transactions of two puts of about 300 bytes, as a turn makes them; the flush to the disk is a real one.</summary>
public class TableWriteBenchmarks
{
    private const int WritesPerWriter = 64;
    private const int Writers = 16;

    private readonly TableWrite[][] transactions = [.. TableItems.Of(2 * Writers * WritesPerWriter).Chunk(2)];
    private string folder = null!;
    private EmbeddedTable table = null!;

    [GlobalSetup]
    public void Open()
    {
        folder = Directory.CreateTempSubdirectory("twin-bench-").FullName;
        table = EmbeddedTable.Open(new EmbeddedTableOptions { Folder = folder }, TimeProvider.System, NullLogger<EmbeddedTable>.Instance);
    }

    [GlobalCleanup]
    public void Close()
    {
        table.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = WritesPerWriter)]
    public Task One_writer() => WriteAsync(0);

    [Benchmark(OperationsPerInvoke = Writers * WritesPerWriter)]
    public Task Sixteen_writers() => Task.WhenAll(Enumerable.Range(0, Writers).Select(WriteAsync));

    private async Task WriteAsync(int writer)
    {
        for (var i = 0; i < WritesPerWriter; i++)
        {
            await table.WriteAsync(transactions[(writer * WritesPerWriter) + i]);
        }
    }
}
