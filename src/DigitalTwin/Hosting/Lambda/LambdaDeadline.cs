using DigitalTwin.Memory;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>
/// Ends what an invocation does before Lambda ends the process: first the turns, so that what was said is stored and its reader
/// told, then the request itself.
/// </summary>
internal sealed class LambdaDeadline : IDisposable
{
    private static readonly TimeSpan ForTurns = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForAnswer = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource turns;
    private readonly CancellationTokenSource answer;

    public LambdaDeadline(DateTimeOffset deadline, LiveTurns live, TimeProvider clock)
    {
        var left = deadline - clock.GetUtcNow();
        turns = new CancellationTokenSource(After(left - ForTurns), clock);
        answer = new CancellationTokenSource(After(left - ForAnswer), clock);
        turns.Token.Register(live.BreakOff);
    }

    /// <summary>Cancelled two seconds before the end: work that can be taken up again is given back now.</summary>
    public CancellationToken WorkEnds => turns.Token;

    /// <summary>Cancelled a second before the end.</summary>
    public CancellationToken AnswerEnds => answer.Token;

    public void Dispose()
    {
        turns.Dispose();
        answer.Dispose();
    }

    private static TimeSpan After(TimeSpan left) => left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
