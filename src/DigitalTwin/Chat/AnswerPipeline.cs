using DigitalTwin.Engines;
using DigitalTwin.Knowledge;
using DigitalTwin.Memory;
using DigitalTwin.Persona;
using DigitalTwin.Storage;
using Microsoft.Extensions.AI;

namespace DigitalTwin.Chat;

/// <summary>Takes a stored question to a stored answer: recall, ground, ask the engines, cite, write.</summary>
public sealed partial class AnswerPipeline(
    PersonaStore personas,
    KnowledgeStore knowledge,
    SessionStore sessions,
    LiveTurns live,
    TurnLeases leases,
    Grounder grounder,
    IChatClient engines,
    EngineSettings settings,
    TimeProvider clock,
    ILogger<AnswerPipeline> logger)
{
    /// <summary>A model reads further back than the extractive engine, which needs the last turn only.</summary>
    private readonly int turnsRecalled = settings.AsksModel ? 20 : 1;

    /// <summary>
    /// Whether the answer is worked out while the question is on its way to the disk: nobody outside is asked, and the table keeps the
    /// order of writes, so that the answer is never stored without its question.
    /// </summary>
    public bool RunsAhead { get; } = sessions.WritesInOrder && !settings.AsksModel && !grounder.AsksOutside;

    /// <summary>Reads the turns that the answer may refer to.</summary>
    public async ValueTask RecallAsync(RunningTurn turn)
    {
        if (turn.Id.Sequence > 1)
        {
            turn.History = await sessions.TurnsBeforeAsync(turn.Id, turnsRecalled);
        }
    }

    /// <summary>
    /// Answers the turn and stores the answer. It never throws: a failure to store reaches the turn's readers, and the question stays
    /// marked as unanswered. So they are told, too, when the answer is another process's by now, or the session was deleted.
    /// </summary>
    public async Task RunAsync(RunningTurn turn)
    {
        try
        {
            var record = await HoldAndAnswerAsync(turn);
            var completed = sessions.CompleteTurnAsync(turn.Id, record);
            await turn.Begun;
            var isStored = await completed;
            live.Leave(turn.Id.SessionId, turn);
            if (isStored)
            {
                turn.Finish(record);
            }
            else
            {
                turn.GiveUp(record);
            }
        }
        catch (Exception e)
        {
            Log.NotStored(logger, turn.Id.Sequence, e);
            live.Leave(turn.Id.SessionId, turn);
            turn.Fail(e);
        }
    }

    private async ValueTask<TurnRecord> HoldAndAnswerAsync(RunningTurn turn)
    {
        await using var heartbeat = TurnHeartbeat.Start(turn, leases, clock);
        return await TryAnswerAsync(turn);
    }

    /// <summary>A bug of ours fails the turn that met it, like an engine that breaks off: what was said is kept and the session goes on.</summary>
    private async ValueTask<TurnRecord> TryAnswerAsync(RunningTurn turn)
    {
        try
        {
            return await AnswerAsync(turn);
        }
        catch (OperationCanceledException) when (turn.Stopping.IsCancellationRequested)
        {
            return Record(turn, TurnStatus.Stopped);
        }
        catch (Exception e) when (e is not StorageUnavailableException)
        {
            Log.Broke(logger, turn.Id.Sequence, e);
            return Record(turn, TurnStatus.Failed);
        }
    }

    private TurnRecord Record(RunningTurn turn, TurnStatus status) => new()
    {
        Status = status,
        Question = turn.Question,
        Answer = turn.Text(),
        Attempt = turn.Attempt,
        CreatedAt = turn.CreatedAt,
        CompletedAt = clock.GetUtcNow(),
    };

    private async ValueTask<TurnRecord> AnswerAsync(RunningTurn turn)
    {
        var following = knowledge.FollowAsync();
        var persona = await personas.CurrentAsync();
        await following;
        var grounding = await grounder.GroundAsync(turn.Question, turn.History, persona, turn.Stopping);
        var prompt = new PromptMessages(persona, grounding, turn.History, settings);
        var options = new GroundedChatOptions(grounding) { MaxOutputTokens = settings.MaxAnswerTokens };
        var markers = new CitationMarkers(grounding.Passages.Count);
        var said = new Said();
        var status = await StreamAsync(turn, prompt, options, markers, said);
        var record = Record(turn, status);
        var asked = Suggestions.Asked(turn.Question, persona, turn.History);
        return record with
        {
            Citations = CitationBuilder.Build(record.Answer, markers.Used, grounding, marksAll: said.Engine == EngineSettings.ExtractiveEngine),
            Suggestions = status is TurnStatus.Answered ? Suggestions.For(persona, asked) : [],
            AskedSuggestions = asked,
            Engine = said.Engine,
            Usage = said.Usage,
            Topic = grounding.Topic,
        };
    }

    private async ValueTask<TurnStatus> StreamAsync(
        RunningTurn turn, PromptMessages prompt, GroundedChatOptions options, CitationMarkers markers, Said said)
    {
        try
        {
            await foreach (var update in engines.GetStreamingResponseAsync(prompt, options, turn.Stopping))
            {
                if (said.Engine is null)
                {
                    said.Engine = update.GetEngineName();
                    markers.PassageCount = said.Engine == EngineSettings.ExtractiveEngine ? options.Grounding.Passages.Count : prompt.PassageCount;
                }

                foreach (var content in update.Contents)
                {
                    if (content is TextContent { Text.Length: > 0 } text && markers.Push(text.Text) is { Length: > 0 } piece)
                    {
                        Say(turn, said, piece);
                    }
                    else if (content is UsageContent usage)
                    {
                        said.Usage = new TokenUsage(usage.Details.InputTokenCount ?? 0, usage.Details.OutputTokenCount ?? 0);
                    }
                }
            }

            if (markers.Rest() is { Length: > 0 } rest)
            {
                Say(turn, said, rest);
            }

            return TurnStatus.Answered;
        }
        catch (OperationCanceledException) when (turn.Stopping.IsCancellationRequested)
        {
            return turn.IsBrokenOff ? TurnStatus.Failed : TurnStatus.Stopped;
        }
        catch (EngineFailedException e)
        {
            Log.BrokeOff(logger, turn.Id.Sequence, e);
            return TurnStatus.Failed;
        }
        catch (Exception e) when (e is not StorageUnavailableException)
        {
            Log.Broke(logger, turn.Id.Sequence, e);
            return TurnStatus.Failed;
        }
    }

    /// <summary>An engine that finds no end is broken off; what it said until then is kept.</summary>
    private static void Say(RunningTurn turn, Said said, string piece)
    {
        var fits = said.Take(piece);
        turn.Append(piece[..fits]);
        if (fits < piece.Length)
        {
            throw new EngineFailedException(said.Engine ?? "", "too_long");
        }
    }

    /// <summary>What the engines said of themselves along the way, and how much of the answer there is.</summary>
    private sealed class Said
    {
        /// <summary>A turn has to fit into one item of the table, and DynamoDB's are 400 KB at most: question and citations are in it as well.</summary>
        private const int MostBytes = 300_000;

        private int bytes;

        public string? Engine { get; set; }

        public TokenUsage? Usage { get; set; }

        /// <summary>Counts the piece as it will be stored; returns how many of its UTF-16 units still fit.</summary>
        public int Take(string piece)
        {
            for (var i = 0; i < piece.Length; i++)
            {
                bytes += BytesOf(piece[i]);
                if (bytes > MostBytes)
                {
                    return i > 0 && char.IsHighSurrogate(piece[i - 1]) ? i - 1 : i;
                }
            }

            return piece.Length;
        }

        /// <summary>JSON escapes what is not ASCII, control characters and what HTML could misread, with six bytes at most.</summary>
        private static int BytesOf(char unit) =>
            unit is >= ' ' and < '\u007f' and not ('"' or '&' or '\'' or '+' or '<' or '>' or '\\' or '`') ? 1 : 6;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The answer of turn {Sequence} could not be stored.")]
        public static partial void NotStored(ILogger logger, int sequence, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "The engine broke off in turn {Sequence}.")]
        public static partial void BrokeOff(ILogger logger, int sequence, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "Answering turn {Sequence} failed.")]
        public static partial void Broke(ILogger logger, int sequence, Exception exception);
    }
}
