using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace DigitalTwin.Tests.Testing;

/// <summary>An answer of <see cref="BedrockServer"/>.</summary>
public sealed class BedrockReply : ScriptedReply
{
    public const string RequestId = "00000000-1111-2222-3333-444444444444";

    private readonly Channel<Step> _steps = Channel.CreateUnbounded<Step>();

    internal int? ErrorStatus { get; private init; }

    internal string ErrorCode { get; private init; } = "";

    internal string ErrorMessage { get; private init; } = "";

    internal ChannelReader<Step> Steps => _steps.Reader;

    /// <summary>Headers go out at once, then whatever the test adds.</summary>
    public static BedrockReply Gated() => new BedrockReply().Add(new Step());

    /// <summary>A whole answer with usage: 10 tokens in, one out for each token.</summary>
    public static BedrockReply Of(params string[] tokens)
    {
        var reply = Gated().Role();
        foreach (var token in tokens)
        {
            reply.Token(token);
        }

        return reply.Finish().Usage(10, tokens.Length).Done();
    }

    public static BedrockReply Status(int status, string? code = null, string message = "scripted error") => new()
    {
        ErrorStatus = status,
        ErrorMessage = message,
        ErrorCode = code ?? status switch
        {
            400 => "ValidationException",
            403 => "AccessDeniedException",
            404 => "ResourceNotFoundException",
            429 => "ThrottlingException",
            503 => "ServiceUnavailableException",
            _ => "InternalServerException",
        },
    };

    /// <summary>Not even headers.</summary>
    public static BedrockReply Hang() => new();

    /// <summary>The connection is cut before any byte of the response.</summary>
    public static BedrockReply CutAtOnce() => new BedrockReply().Add(new Step { IsCut = true, IsSent = false });

    /// <summary>The first event of every answer: the role, and no text.</summary>
    public BedrockReply Role() => Event("messageStart", new JsonObject { ["role"] = "assistant" });

    public override BedrockReply Token(string text) => Add(new Step
    {
        Text = text,
        Bytes = Frame("contentBlockDelta", new JsonObject { ["contentBlockIndex"] = 0, ["delta"] = new JsonObject { ["text"] = text } }),
    });

    public override BedrockReply Finish(string? reason = null)
    {
        reason ??= "end_turn";
        Event("contentBlockStop", new JsonObject { ["contentBlockIndex"] = 0 });
        return Add(new Step { StopReason = reason, Bytes = Frame("messageStop", new JsonObject { ["stopReason"] = reason }) });
    }

    public BedrockReply Usage(int input, int output) => Add(new Step
    {
        Usage = UsageOf(input, output),
        Bytes = Frame("metadata", new JsonObject { ["usage"] = UsageOf(input, output), ["metrics"] = new JsonObject { ["latencyMs"] = 1 } }),
    });

    /// <summary>Any event, for what has no step of its own. Like Bedrock's it is padded, so that its length tells nothing.</summary>
    public BedrockReply Event(string type, JsonObject payload) => Add(new Step { Bytes = Frame(type, payload) });

    /// <summary>An exception in place of an event: <c>throttlingException</c>, <c>modelStreamErrorException</c>, …</summary>
    public BedrockReply Exception(string type, string message = "scripted error") => Add(new Step
    {
        Bytes = EventStreamEncoder.Encode(
            [(":exception-type", type), (":content-type", "application/json"), (":message-type", "exception")],
            new JsonObject { ["message"] = message }.ToJsonString()),
    });

    /// <summary>An error that the service has no shape for.</summary>
    public BedrockReply Error(string code, string message = "scripted error") => Add(new Step
    {
        Bytes = EventStreamEncoder.Encode([(":message-type", "error"), (":error-code", code), (":error-message", message)], ""),
    });

    /// <summary>A sound frame whose payload is no JSON.</summary>
    public BedrockReply Malformed() => Add(new Step { Bytes = EventStreamEncoder.Encode(HeadersOf("contentBlockDelta"), "{\"delta\":{\"text\":\"half") });

    /// <summary>A frame with a flipped bit.</summary>
    public BedrockReply Damaged()
    {
        var frame = Frame("contentBlockDelta", new JsonObject { ["delta"] = new JsonObject { ["text"] = "damaged" } });
        frame[^10] ^= 1;
        return Add(new Step { Bytes = frame });
    }

    /// <summary>The stream ends in the middle of a frame, without a reset.</summary>
    public BedrockReply Half()
    {
        Add(new Step { Bytes = Frame("contentBlockDelta", new JsonObject { ["delta"] = new JsonObject { ["text"] = "half" } })[..20] });
        return Done();
    }

    /// <summary>The next step waits; for tests of real timeouts.</summary>
    public BedrockReply Pause(TimeSpan time) => Add(new Step { Pause = time });

    /// <summary>Resets the connection.</summary>
    public BedrockReply Cut() => Add(new Step { IsCut = true });

    /// <summary>Ends the answer; without <see cref="Finish"/> before, it ends too soon.</summary>
    public override BedrockReply Done()
    {
        _steps.Writer.Complete();
        return this;
    }

    internal static JsonObject UsageOf(int input, int output) =>
        new() { ["inputTokens"] = input, ["outputTokens"] = output, ["totalTokens"] = input + output };

    private static byte[] Frame(string type, JsonObject payload)
    {
        payload["p"] = "abcdefghij";
        return EventStreamEncoder.Encode(HeadersOf(type), payload.ToJsonString());
    }

    private static (string, string)[] HeadersOf(string type) =>
        [(":event-type", type), (":content-type", "application/json"), (":message-type", "event")];

    private BedrockReply Add(Step step) =>
        _steps.Writer.TryWrite(step) ? this : throw new InvalidOperationException("The answer is already done.");

    /// <summary>Bytes for a stream; text, reason and usage for an answer in one piece.</summary>
    internal sealed record Step
    {
        public byte[] Bytes { get; init; } = [];

        public string Text { get; init; } = "";

        public string? StopReason { get; init; }

        public JsonNode? Usage { get; init; }

        public TimeSpan Pause { get; init; }

        public bool IsSent { get; init; } = true;

        public bool IsCut { get; init; }
    }
}
