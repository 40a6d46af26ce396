using Microsoft.Extensions.AI;

namespace DigitalTwin.Engines;

/// <summary>
/// One request to one engine, read under the timeouts. An update that is already there costs no timer; one that is not is awaited
/// for as long as patience and the caller allow, and an upstream that heeds neither is left behind rather than awaited.
/// </summary>
internal sealed class EngineStream(ChatEngine engine, EngineSettings settings, TimeProvider time, long askedAt) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private IAsyncEnumerator<ChatResponseUpdate>? _updates;
    private Task _move = Task.CompletedTask;
    private bool _hasText;

    public ChatResponseUpdate Current => _updates!.Current;

    /// <summary>Moves to the first update with text; what comes before it, blanks among it, has nothing to show. False if there is none.</summary>
    public async ValueTask<bool> ReachTextAsync(IEnumerable<ChatMessage> prompt, ChatOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            _updates = engine.Client.GetStreamingResponseAsync(prompt, options, _stop.Token).GetAsyncEnumerator(_stop.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw EngineFailedException.From(engine.Name, e);
        }

        while (await MoveNextAsync(cancellationToken))
        {
            if (!string.IsNullOrWhiteSpace(Current.Text))
            {
                return _hasText = true;
            }
        }

        return false;
    }

    /// <exception cref="EngineFailedException">The engine failed, or was silent for too long.</exception>
    /// <exception cref="OperationCanceledException">The caller does not want the answer any more.</exception>
    public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<bool>(cancellationToken);
        }

        ValueTask<bool> move;
        try
        {
            move = _updates!.MoveNextAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return ValueTask.FromException<bool>(EngineFailedException.From(engine.Name, e));
        }

        return move.IsCompletedSuccessfully ? move : WaitAsync(move.AsTask(), cancellationToken);
    }

    /// <summary>Returns at once; an upstream that takes its time to part is left to it, for nothing of the turn hangs on that.</summary>
    public void Dispose() => _ = CloseAsync();

    private async ValueTask<bool> WaitAsync(Task<bool> move, CancellationToken cancellationToken)
    {
        _move = move;
        var (patience, code) = Patience();
        try
        {
            return await move.WaitAsync(patience, time, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (TimeoutException) when (!move.IsFaulted)
        {
            throw new EngineFailedException(engine.Name, code);
        }
        catch (Exception e) when (e is not EngineFailedException)
        {
            throw EngineFailedException.From(engine.Name, e);
        }
    }

    private (TimeSpan Patience, string Code) Patience()
    {
        var elapsed = time.GetElapsedTime(askedAt);
        var whole = settings.AnswerTimeout - elapsed;
        var next = _hasText ? settings.TokenTimeout : settings.FirstTokenTimeout - elapsed;
        return whole < next ? (AtLeastZero(whole), "answer_timeout") : (AtLeastZero(next), _hasText ? "silent" : "first_token_timeout");
    }

    private static TimeSpan AtLeastZero(TimeSpan value) => value < TimeSpan.Zero ? TimeSpan.Zero : value;

    private async Task CloseAsync()
    {
        if (!_move.IsCompleted)
        {
            await _stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _move.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        try
        {
            await (_updates?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The answer is complete or given up; how the upstream parts changes nothing.
        }

        _stop.Dispose();
    }
}
