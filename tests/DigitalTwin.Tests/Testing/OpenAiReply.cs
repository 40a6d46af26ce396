using System.Text.Json;
using System.Threading.Channels;

namespace DigitalTwin.Tests.Testing;

/// <summary>An answer of <see cref="OpenAiServer"/>.</summary>
public sealed class OpenAiReply : ScriptedReply
{
    private readonly Channel<Step> _steps = Channel.CreateUnbounded<Step>();
    private int? _status;
    private string? _error;
    private string? _retryAfter;

    internal int? ErrorStatus => _status;

    internal string ErrorBody => $$$"""{"error":{"message":{{{Quote(_error ?? "scripted error")}}},"type":"scripted","code":"scripted"}}""";

    internal string? RetryAfter => _retryAfter;

    internal ChannelReader<Step> Steps => _steps.Reader;

    /// <summary>Headers go out at once, then whatever the test adds.</summary>
    public static OpenAiReply Gated() => new OpenAiReply().Add(StepKind.Headers);

    /// <summary>A whole answer with usage: 10 tokens in, one out for each token.</summary>
    public static OpenAiReply Of(params string[] tokens)
    {
        var reply = Gated();
        foreach (var token in tokens)
        {
            reply.Token(token);
        }

        return reply.Finish().Usage(10, tokens.Length).Done();
    }

    public static OpenAiReply Status(int status, string? retryAfter = null, string? message = null) =>
        new() { _status = status, _retryAfter = retryAfter, _error = message };

    /// <summary>Not even headers.</summary>
    public static OpenAiReply Hang() => new();

    /// <summary>The connection is cut before any byte of the response.</summary>
    public static OpenAiReply CutAtOnce() => new OpenAiReply().Cut();

    public override OpenAiReply Token(string text) =>
        Chunk($$$"""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1893499200,"model":"scripted-1","choices":[{"index":0,"delta":{"content":{{{Quote(text)}}}},"finish_reason":null}]}""");

    /// <summary>The first chunk that OpenAI sends: the role, and no text.</summary>
    public OpenAiReply Role() =>
        Chunk("""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1893499200,"model":"scripted-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""");

    public override OpenAiReply Finish(string? reason = null) =>
        Chunk($$$"""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1893499200,"model":"scripted-1","choices":[{"index":0,"delta":{},"finish_reason":{{{Quote(reason ?? "stop")}}}}]}""");

    /// <summary>Sent only if the request asks for it, as OpenAI does.</summary>
    public OpenAiReply Usage(int input, int output) =>
        Add(StepKind.Usage, $$$"""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1893499200,"model":"scripted-1","choices":[],"usage":{"prompt_tokens":{{{input}}},"completion_tokens":{{{output}}},"total_tokens":{{{input + output}}}}}""");

    public OpenAiReply Malformed() => Chunk("""{"id":"chatcmpl-1","choices":[{"delta":{"content":"half""");

    /// <summary>An error in place of a chunk, as proxies send it once the status is out.</summary>
    public OpenAiReply Error(string message = "scripted error") => Chunk($$$"""{"error":{"message":{{{Quote(message)}}},"code":502}}""");

    /// <summary>The next step waits; for tests of real timeouts.</summary>
    public OpenAiReply Pause(TimeSpan time) => Add(StepKind.Pause, time: time);

    public OpenAiReply Cut() => Add(StepKind.Cut);

    public override OpenAiReply Done()
    {
        Add(StepKind.Chunk, "[DONE]");
        _steps.Writer.Complete();
        return this;
    }

    /// <summary>Any chunk's data, for what has no step of its own.</summary>
    public OpenAiReply Chunk(string data) => Add(StepKind.Chunk, data);

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    private OpenAiReply Add(StepKind kind, string data = "", TimeSpan time = default)
    {
        if (!_steps.Writer.TryWrite(new Step(kind, data, time)))
        {
            throw new InvalidOperationException("The answer is already done.");
        }

        return this;
    }

    internal enum StepKind
    {
        Headers,
        Chunk,
        Usage,
        Pause,
        Cut,
    }

    internal readonly record struct Step(StepKind Kind, string Data, TimeSpan Time);
}
