namespace DigitalTwin.Benchmarks.Load;

internal enum ChatRoute
{
    /// <summary>The whole answer as one JSON object.</summary>
    Chat,

    /// <summary>The answer as server-sent events.</summary>
    Stream,
}

/// <summary>Tells answers from errors without reading them as JSON.</summary>
internal static class ChatAnswers
{
    private static ReadOnlySpan<byte> SessionId => "\"sessionId\":\""u8;

    private static ReadOnlySpan<byte> Answer => "\"answer\":\""u8;

    /// <summary>Whether it is a 200 with an answer in it; a stream must have come to its end, too.</summary>
    public static bool IsAnswer(this ChatRoute route, int status, ReadOnlySpan<byte> body)
    {
        if (status != 200)
        {
            return false;
        }

        if (route is ChatRoute.Stream)
        {
            return body.EndsWith("data: [DONE]\n\n"u8) && body.IndexOf("\"type\":\"text-delta\""u8) >= 0;
        }

        var at = body.IndexOf(Answer);
        return at >= 0 && body[at + Answer.Length] != '"';
    }

    /// <summary>The session's id; empty when there is none.</summary>
    public static ReadOnlySpan<byte> SessionOf(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf(SessionId);
        if (at < 0)
        {
            return default;
        }

        var rest = body[(at + SessionId.Length)..];
        return rest[..Math.Max(0, rest.IndexOf((byte)'"'))];
    }
}
