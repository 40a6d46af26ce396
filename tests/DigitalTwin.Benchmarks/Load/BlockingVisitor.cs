using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DigitalTwin.Benchmarks.Load;

/// <summary>A visitor that asks one question after the other and waits for each answer on its own thread.</summary>
internal sealed class BlockingVisitor : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly ResponseReader response = new();
    private readonly byte[] received = new byte[32 << 10];

    public BlockingVisitor(IPEndPoint server)
    {
        Visitor = new Visitor(server, ChatRoute.Chat, turnsPerSession: 0);
        socket.Connect(server);
    }

    public Visitor Visitor { get; }

    /// <summary>Asks the next question in the session; returns the milliseconds until the whole answer was there.</summary>
    public double Ask()
    {
        var start = Stopwatch.GetTimestamp();
        response.Clear();
        socket.Send(Visitor.NextRequest());
        int length;
        do
        {
            length = socket.Receive(received);
        }
        while (length > 0 && !response.Read(received.AsSpan(0, length)));

        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return length > 0 && Visitor.Take(response)
            ? elapsed
            : throw new BenchmarkException($"No answer, but {response.Status} {Encoding.UTF8.GetString(response.Body)}");
    }

    public void Dispose() => socket.Dispose();
}
