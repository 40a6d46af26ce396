using System.Net;
using System.Net.Sockets;

namespace DigitalTwin.Benchmarks.Running;

/// <summary>Asks an app once whether it is ready.</summary>
internal static class ReadyProbe
{
    private static readonly byte[] Request = "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray();

    /// <summary>False while nobody listens or the answer is not 200.</summary>
    public static bool IsReady(EndPoint endPoint)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000 };
        try
        {
            socket.Connect(endPoint);
            socket.Send(Request);
            Span<byte> answer = stackalloc byte[12];
            var length = 0;
            for (int read; length < answer.Length && (read = socket.Receive(answer[length..])) > 0;)
            {
                length += read;
            }

            return answer[..length].EndsWith(" 200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
