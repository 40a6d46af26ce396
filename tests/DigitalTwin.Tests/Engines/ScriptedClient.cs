using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace DigitalTwin.Tests.Engines;

/// <summary>An engine whose every answer is what the test's function makes of the number of the call.</summary>
internal sealed class ScriptedClient(Func<int, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer) : IChatClient
{
    private int _calls;

    public int Calls => _calls;

    /// <summary>An engine in this process: everything is there at once.</summary>
    public static ScriptedClient Saying(params string[] tokens) => new((_, _) => Tokens(tokens));

    public static ScriptedClient Failing(Exception exception) => new((_, _) => Throwing(exception));

    /// <summary>Neither answers nor heeds cancellation, and its disposal hangs as well.</summary>
    public static ScriptedClient Deaf(params string[] tokens) => new((_, _) => new DeafStream(tokens));

    public static async IAsyncEnumerable<ChatResponseUpdate> Throwing(Exception exception, params string[] tokens)
    {
        foreach (var token in tokens)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, token);
        }

        await Task.CompletedTask;
        throw exception;
    }

#pragma warning disable CS1998 // Synchronous on purpose: that is what the built-in engine is.
    public static async IAsyncEnumerable<ChatResponseUpdate> Tokens(params string[] tokens)
#pragma warning restore CS1998
    {
        foreach (var token in tokens)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, token);
        }
    }

    public static async IAsyncEnumerable<ChatResponseUpdate> Hanging(
        string[] tokens, TaskCompletionSource cancelled, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var token in tokens)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, token);
        }

        using var registration = cancellationToken.Register(cancelled.SetResult);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The chain streams.");

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
        answer(Interlocked.Increment(ref _calls), cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey) => null;

    public void Dispose()
    {
    }

    private sealed class DeafStream(string[] tokens) : IAsyncEnumerable<ChatResponseUpdate>, IAsyncEnumerator<ChatResponseUpdate>
    {
        private readonly TaskCompletionSource<bool> _never = new();
        private int _next;

        public ChatResponseUpdate Current => new(ChatRole.Assistant, tokens[_next - 1]);

        public IAsyncEnumerator<ChatResponseUpdate> GetAsyncEnumerator(CancellationToken cancellationToken) => this;

        public ValueTask<bool> MoveNextAsync() => _next++ < tokens.Length ? new(true) : new(_never.Task);

        public ValueTask DisposeAsync() => new(_never.Task);
    }
}
