using System.Collections.Concurrent;

namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>Decodes frames on one thread while another applies the rows of earlier ones.</summary>
internal static class RowPipe
{
    private const int FramesAhead = 16;

    public static void Run(IEnumerable<List<Row>> decoded, Action<Row> apply)
    {
        using var ready = new BlockingCollection<List<Row>>(FramesAhead);
        using var stop = new CancellationTokenSource();
        var decoder = Task.Run(() => Decode(decoded, ready, stop.Token));
        try
        {
            foreach (var rows in ready.GetConsumingEnumerable())
            {
                foreach (var row in rows)
                {
                    apply(row);
                }
            }
        }
        finally
        {
            stop.Cancel();
        }

        decoder.GetAwaiter().GetResult();
    }

    private static void Decode(IEnumerable<List<Row>> decoded, BlockingCollection<List<Row>> ready, CancellationToken stop)
    {
        try
        {
            foreach (var rows in decoded)
            {
                ready.Add(rows, stop);
            }
        }
        finally
        {
            ready.CompleteAdding();
        }
    }
}
