using System.Buffers.Text;
using System.Net;
using System.Text;

namespace DigitalTwin.Benchmarks.Load;

/// <summary>
/// One visitor: keeps its cookie, asks its questions in turn, and goes on in its own session or opens one for each question. A request
/// is put together from prepared pieces in one buffer.
/// </summary>
internal sealed class Visitor
{
    private const int LongestId = 256;

    private readonly byte[] head;
    private readonly ChatRoute route;
    private readonly int turnsPerSession;
    private readonly byte[] request = new byte[8 << 10];
    private readonly byte[] cookie = new byte[LongestId];
    private readonly byte[] session = new byte[LongestId];
    private int cookieLength;
    private int sessionLength;

    /// <param name="turnsPerSession">After so many turns it opens a new session; 0 for never.</param>
    public Visitor(IPEndPoint server, ChatRoute route, int turnsPerSession)
    {
        (this.route, this.turnsPerSession) = (route, turnsPerSession);
        var path = route is ChatRoute.Stream ? "/api/chat/stream" : "/api/chat";
        head = Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {server}\r\nContent-Type: application/json\r\nContent-Length: ");
    }

    /// <summary>The next question; they go round.</summary>
    public int Question { get; set; }

    /// <summary>Turns of the current session.</summary>
    public int Turns { get; private set; }

    public ReadOnlySpan<byte> Cookie => cookie.AsSpan(0, cookieLength);

    public void LeaveSession() => (sessionLength, Turns) = (0, 0);

    /// <summary>Becomes the same visitor as another one.</summary>
    public void TakeCookieOf(Visitor other)
    {
        other.Cookie.CopyTo(cookie);
        cookieLength = other.cookieLength;
    }

    /// <summary>The next request; it is overwritten by the one after it.</summary>
    public ReadOnlySpan<byte> NextRequest()
    {
        var question = Questions.AsJson[Question++ % Questions.AsJson.Count];
        var bodyLength = "{\"message\":}".Length + question.Length + (sessionLength > 0 ? ",\"sessionId\":\"\"".Length + sessionLength : 0);
        var length = 0;
        Append(head, ref length);
        Utf8Formatter.TryFormat(bodyLength, request.AsSpan(length), out var digits);
        length += digits;
        if (cookieLength > 0)
        {
            Append("\r\nCookie: "u8, ref length);
            Append(Cookie, ref length);
        }

        Append("\r\n\r\n{\"message\":"u8, ref length);
        Append(question, ref length);
        if (sessionLength > 0)
        {
            Append(",\"sessionId\":\""u8, ref length);
            Append(session.AsSpan(0, sessionLength), ref length);
            Append("\""u8, ref length);
        }

        Append("}"u8, ref length);
        return request.AsSpan(0, length);
    }

    /// <summary>Learns from a complete response. False when it is not an answer; then the visitor begins anew.</summary>
    public bool Take(ResponseReader response)
    {
        if (!response.Cookie.IsEmpty)
        {
            response.Cookie.CopyTo(cookie);
            cookieLength = response.Cookie.Length;
        }

        if (!route.IsAnswer(response.Status, response.Body))
        {
            LeaveSession();
            return false;
        }

        if (++Turns == turnsPerSession)
        {
            LeaveSession();
        }
        else if (sessionLength == 0)
        {
            var id = ChatAnswers.SessionOf(response.Body);
            id.CopyTo(session);
            sessionLength = id.Length;
        }

        return true;
    }

    private void Append(ReadOnlySpan<byte> piece, ref int length)
    {
        piece.CopyTo(request.AsSpan(length));
        length += piece.Length;
    }
}
