using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DigitalTwin.Tests.Testing.Lambda;

namespace DigitalTwin.Benchmarks.Lambda;

/// <summary>
/// One process from its start to its first answer. The Runtime API is one socket and one thread that waits in it: it shares the
/// processors with what it measures, and must not take any of their time.
/// </summary>
internal sealed class ColdStart : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] buffer = new byte[64 << 10];

    public ColdStart()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
    }

    /// <summary>Starts the published app with the settings; returns the milliseconds until its answer to the event had come, and the answer.</summary>
    public async Task<(double Milliseconds, string Answer)> MeasureAsync(string app, string eventJson, params (string Setting, string Value)[] settings)
    {
        var begun = Stopwatch.GetTimestamp();
        await using var function = LambdaProcess.Start(app, listener.LocalEndPoint!.ToString()!, settings);
        if (!listener.Poll(Patience, SelectMode.SelectRead))
        {
            throw new BenchmarkException($"The app did not ask for an event. It said:\n{function.Output}");
        }

        using var connection = listener.Accept();
        connection.NoDelay = true;
        connection.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        Receive(connection);
        connection.Send(Invocation(eventJson));
        var answer = Receive(connection);
        return (Stopwatch.GetElapsedTime(begun).TotalMilliseconds, answer);
    }

    public void Dispose() => listener.Dispose();

    private static byte[] Invocation(string eventJson)
    {
        var deadline = (TimeProvider.System.GetUtcNow() + Patience).ToUnixTimeMilliseconds();
        return Encoding.UTF8.GetBytes(
            $"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\nContent-Length: {Encoding.UTF8.GetByteCount(eventJson)}\r\n\r\n{eventJson}");
    }

    /// <summary>One request; returns its body.</summary>
    private string Receive(Socket connection)
    {
        for (var read = 0; ;)
        {
            var more = connection.Receive(buffer, read, buffer.Length - read, SocketFlags.None);
            read += more > 0 ? more : throw new BenchmarkException("The app ended before it had answered.");
            var head = buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
            if (head >= 0 && read >= head + 4 + LengthIn(Encoding.ASCII.GetString(buffer, 0, head)))
            {
                return Encoding.UTF8.GetString(buffer, head + 4, read - head - 4);
            }
        }
    }

    private static int LengthIn(string head)
    {
        const string name = "Content-Length: ";
        var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(head[(at + name.Length)..].Split('\r')[0], CultureInfo.InvariantCulture);
    }
}
