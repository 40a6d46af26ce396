using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DigitalTwin.Benchmarks.Load;

/// <summary>
/// One kept-alive connection of one visitor, who asks again as soon as it has its answer. Runs on the thread that the sockets' events
/// come in on; nothing is allocated per request.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly IPEndPoint server;
    private readonly ChatRoute route;
    private readonly Visitor visitor;
    private readonly ResponseReader response = new();
    private readonly SocketAsyncEventArgs receiving = new();
    private Socket socket;
    private CountdownEvent? over;
    private long deadline;
    private long sentAt;
    private bool hasFirstEvent;

    public LoadConnection(IPEndPoint server, ChatRoute route, int turnsPerSession, int firstQuestion)
    {
        (this.server, this.route) = (server, route);
        visitor = new Visitor(server, route, turnsPerSession) { Question = firstQuestion };
        receiving.SetBuffer(new byte[32 << 10]);
        receiving.Completed += (_, _) => Continue();
        socket = Connect();
    }

    /// <summary>From sending the request to the last byte of its answer.</summary>
    public LatencyHistogram Whole { get; } = new();

    /// <summary>From sending the request to the first whole event of a stream.</summary>
    public LatencyHistogram FirstEvent { get; } = new();

    public long Errors { get; private set; }

    /// <summary>What the first error looked like.</summary>
    public string? FirstError { get; private set; }

    public void Clear()
    {
        Whole.Clear();
        FirstEvent.Clear();
        Errors = 0;
    }

    /// <summary>Asks until the deadline, then signals.</summary>
    public void Start(long until, CountdownEvent signal)
    {
        (deadline, over) = (until, signal);
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Begin(), this, preferLocal: false);
    }

    public void Dispose()
    {
        socket.Dispose();
        receiving.Dispose();
    }

    private void Begin()
    {
        if (Ask())
        {
            Pump();
        }
    }

    private void Continue()
    {
        if (Handle())
        {
            Pump();
        }
    }

    /// <summary>Receives until it has to wait for more, which comes in through <see cref="Continue"/>.</summary>
    private void Pump()
    {
        while (!socket.ReceiveAsync(receiving))
        {
            if (!Handle())
            {
                return;
            }
        }
    }

    /// <summary>False when the visitor has gone home.</summary>
    private bool Handle()
    {
        if (receiving.SocketError is not SocketError.Success || receiving.BytesTransferred == 0)
        {
            return Fail($"The connection ended: {receiving.SocketError}") && Ask();
        }

        bool complete;
        try
        {
            complete = response.Read(receiving.MemoryBuffer.Span[..receiving.BytesTransferred]);
        }
        catch (InvalidDataException e)
        {
            return Fail(e.Message) && Ask();
        }

        var now = Stopwatch.GetTimestamp();
        if (route is ChatRoute.Stream && response.HasEvent && !hasFirstEvent)
        {
            hasFirstEvent = true;
            FirstEvent.Record(now - sentAt);
        }

        if (!complete)
        {
            return true;
        }

        Whole.Record(now - sentAt);
        if (!visitor.Take(response))
        {
            Errors++;
            FirstError ??= $"{response.Status} {Encoding.UTF8.GetString(response.Body[..Math.Min(400, response.Body.Length)])}";
        }

        return Ask();
    }

    private bool Ask()
    {
        sentAt = Stopwatch.GetTimestamp();
        if (sentAt >= deadline)
        {
            over!.Signal();
            return false;
        }

        response.Clear();
        hasFirstEvent = false;
        try
        {
            socket.Send(visitor.NextRequest());
            return true;
        }
        catch (SocketException e)
        {
            return Fail(e.Message) && Ask();
        }
    }

    /// <summary>Counts an error and connects anew. When that is not possible, the visitor has to go home.</summary>
    private bool Fail(string reason)
    {
        Errors++;
        FirstError ??= reason;
        socket.Dispose();
        try
        {
            socket = Connect();
            return true;
        }
        catch (SocketException)
        {
            over!.Signal();
            return false;
        }
    }

    private Socket Connect()
    {
        var connected = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        connected.Connect(server);
        return connected;
    }
}
