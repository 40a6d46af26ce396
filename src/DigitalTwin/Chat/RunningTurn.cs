using System.Text;
using DigitalTwin.Memory;
using DigitalTwin.Storage;

namespace DigitalTwin.Chat;

/// <summary>
/// A turn while it is being answered: the text so far, and at the end the whole record. Any number of readers follow it, each at its
/// own pace; none of them can hold it up, and a reader that is behind gets what it missed in one piece.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "Stop may come after the end; a source without timer or wait handle holds nothing to dispose of.")]
public sealed class RunningTurn(string question) : LiveTurn
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? waiters;
    private TurnRecord? outcome;
    private Exception? failure;

    public string Question { get; } = question;

    public DateTimeOffset CreatedAt { get; internal set; }

    /// <inheritdoc cref="TurnRecord.Attempt"/>
    public string? Attempt { get; internal init; }

    /// <summary>Completes when the question is durable; nothing of the turn may leave before. Throws when it cannot be stored.</summary>
    public Task Begun { get; internal set; } = Task.CompletedTask;

    /// <summary>The turns before this one, newest first, as far as the answer may need them.</summary>
    public IReadOnlyList<StoredTurn> History { get; internal set; } = [];

    /// <summary>Cancelled when the visitor stops the turn, or when there is no more time for it.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Done when the question is stored, or was refused; whether it was, the store knows.</summary>
    public Task Opened => opened.Task;

    public void Open() => opened.TrySetResult();

    /// <summary>Whether the answer was broken off, rather than stopped by its visitor.</summary>
    public bool IsBrokenOff { get; private set; }

    public override void Stop() => stopping.Cancel();

    public override void BreakOff()
    {
        IsBrokenOff = !stopping.IsCancellationRequested;
        stopping.Cancel();
    }

    public void Append(string piece)
    {
        TaskCompletionSource? wake;
        lock (gate)
        {
            text.Append(piece);
            wake = TakeWaiters();
        }

        wake?.SetResult();
    }

    /// <summary>The text so far.</summary>
    public string Text()
    {
        lock (gate)
        {
            return text.ToString();
        }
    }

    /// <summary>The answer is stored, as <paramref name="record"/>.</summary>
    public void Finish(TurnRecord record) => End(record, null);

    /// <summary>The turn is not this attempt's any more, or is gone: <paramref name="record"/> stands no longer, and readers are told so where they are.</summary>
    public void GiveUp(TurnRecord record) =>
        End(record with { Status = TurnStatus.Unanswered, Answer = Text(), Attempt = Attempt, Citations = [], Suggestions = [] }, null);

    /// <summary>The answer could not be stored; nothing was acknowledged.</summary>
    public void Fail(Exception exception) => End(null, exception);

    /// <summary>
    /// What there is behind <paramref name="offset"/>, and a task that completes when there is more. False when the answer could not
    /// be stored.
    /// </summary>
    public bool TryReadFrom(int offset, out TurnProgress progress)
    {
        lock (gate)
        {
            var more = offset < text.Length ? text.ToString(offset, text.Length - offset) : "";
            progress = new TurnProgress(more, outcome, outcome is not null ? Task.CompletedTask : (waiters ??= NewWaiters()).Task);
            return failure is null;
        }
    }

    /// <summary>
    /// The stored record, when it is there. Throws <see cref="StorageUnavailableException"/> when the store could not take it, and
    /// <see cref="InvalidOperationException"/> when a bug of ours stood between.
    /// </summary>
    public async ValueTask<TurnRecord> CompletionAsync(CancellationToken cancellationToken)
    {
        TurnProgress progress;
        while (TryReadFrom(int.MaxValue, out progress) && progress.Outcome is null)
        {
            await progress.Changed.WaitAsync(cancellationToken);
        }

        const string Lost = "The answer could not be stored.";
        return progress.Outcome
            ?? throw (failure is StorageUnavailableException ? new StorageUnavailableException(Lost, failure) : new InvalidOperationException(Lost, failure));
    }

    private void End(TurnRecord? record, Exception? exception)
    {
        TaskCompletionSource? wake;
        lock (gate)
        {
            (outcome, failure) = (record, exception);
            wake = TakeWaiters();
        }

        wake?.SetResult();
    }

    private TaskCompletionSource? TakeWaiters()
    {
        var taken = waiters;
        waiters = null;
        return taken;
    }

    private static TaskCompletionSource NewWaiters() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <param name="More">The text behind the reader's place.</param>
/// <param name="Outcome">The whole turn, once it is stored.</param>
/// <param name="Changed">Completes at the next change.</param>
public readonly record struct TurnProgress(string More, TurnRecord? Outcome, Task Changed);
