using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Extensions.AI;

namespace DigitalTwin.Engines;

/// <summary>
/// Asks the engines in order until one begins to answer. An engine that fails, answers nothing or is silent for the first-token
/// timeout is followed by the next; once text has been passed on, a failure ends the answer with <see cref="EngineFailedException"/>,
/// because two engines' words are never mixed. The caller's cancellation is obeyed at once and blames no engine.
/// </summary>
public sealed partial class FailoverChatClient : IChatClient
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(5);

    private readonly Link[] _chain;
    private readonly EngineSettings _settings;
    private readonly TimeProvider _time;
    private readonly EngineMetrics _metrics;
    private readonly ILogger<FailoverChatClient> _logger;

    internal FailoverChatClient(
        IEnumerable<ChatEngine> engines, EngineSettings settings, TimeProvider time, EngineMetrics metrics, ILogger<FailoverChatClient> logger)
    {
        _chain = [.. engines.Select(engine => new Link(engine, new EngineBreaker(time)))];
        ArgumentOutOfRangeException.ThrowIfZero(_chain.Length, nameof(engines));
        (_settings, _time, _metrics, _logger) = (settings, time, metrics, logger);
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var prompt = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var (link, stream) = await AskAsync(prompt, options, cancellationToken);
        using (stream)
        {
            stream.Current.SetEngineName(link.Engine.Name);
            do
            {
                _metrics.Count(link.Engine.Name, stream.Current);
                yield return stream.Current;
            }
            while (await ContinueAsync(link, stream, cancellationToken));
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <summary>Nothing: the engines belong to whoever made them.</summary>
    public void Dispose()
    {
    }

    /// <summary>The first engine that begins to answer, its stream at the first text. The last engine is asked in any case.</summary>
    private async ValueTask<(Link Link, EngineStream Stream)> AskAsync(
        IReadOnlyCollection<ChatMessage> prompt, ChatOptions? options, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var link = _chain[i];
            var isLast = i == _chain.Length - 1;
            if (!isLast && !link.Breaker.TryEnter())
            {
                Log.Skipped(_logger, link.Engine.Name);
                continue;
            }

            try
            {
                return (link, await AskAsync(link, prompt, options, cancellationToken));
            }
            catch (EngineFailedException failure)
            {
                Failed(link, failure);
                if (isLast)
                {
                    throw;
                }
            }
        }
    }

    private async ValueTask<EngineStream> AskAsync(
        Link link, IReadOnlyCollection<ChatMessage> prompt, ChatOptions? options, CancellationToken cancellationToken)
    {
        var askedAt = _time.GetTimestamp();
        _metrics.Asked(link.Engine.Name);
        for (var retries = 0; ; retries++)
        {
            var stream = new EngineStream(link.Engine, _settings, _time, askedAt);
            TimeSpan delay;
            try
            {
                if (await stream.ReachTextAsync(prompt, options, cancellationToken))
                {
                    _metrics.FirstToken(link.Engine.Name, _time.GetElapsedTime(askedAt));
                    return stream;
                }

                throw new EngineFailedException(link.Engine.Name, "empty");
            }
            catch (EngineFailedException failure) when (RetryDelay(failure, retries, askedAt) is { } wait)
            {
                stream.Dispose();
                delay = wait;
                Log.Retrying(_logger, link.Engine.Name, failure.Code, wait.TotalMilliseconds);
            }
            catch
            {
                stream.Dispose();
                throw;
            }

            await Task.Delay(delay, _time, cancellationToken);
        }
    }

    private async ValueTask<bool> ContinueAsync(Link link, EngineStream stream, CancellationToken cancellationToken)
    {
        try
        {
            if (await stream.MoveNextAsync(cancellationToken))
            {
                return true;
            }

            link.Breaker.Succeeded();
            return false;
        }
        catch (EngineFailedException failure)
        {
            Failed(link, failure);
            throw;
        }
    }

    private void Failed(Link link, EngineFailedException failure)
    {
        _metrics.Failed(failure, link.Engine.Name);
        Log.Failed(_logger, link.Engine.Name, failure.Code);
        if (!failure.BlamesRequest && link.Breaker.Failed())
        {
            Log.Paused(_logger, link.Engine.Name);
        }
    }

    /// <summary>
    /// Exponential with full jitter, and never sooner than the upstream asks. Null when it is not worth waiting: the failure will not
    /// pass, the retries are used up, or the wait would outlast the first-token timeout.
    /// </summary>
    private TimeSpan? RetryDelay(EngineFailedException failure, int retries, long askedAt)
    {
        if (!failure.IsTransient || retries >= _settings.MaxRetries || failure.RetryAfter > LongestRetryAfter)
        {
            return null;
        }

        var backoff = (int)FirstBackoff.TotalMilliseconds << retries;
        var delay = (failure.RetryAfter ?? TimeSpan.Zero) + TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(1, backoff + 1));
        return _time.GetElapsedTime(askedAt) + delay < _settings.FirstTokenTimeout ? delay : null;
    }

    private sealed record Link(ChatEngine Engine, EngineBreaker Breaker);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Engine {Engine} failed: {Code}.")]
        public static partial void Failed(ILogger logger, string engine, string code);

        [LoggerMessage(2, LogLevel.Information, "Engine {Engine} failed before its first text: {Code}. Asking again in {Delay} ms.")]
        public static partial void Retrying(ILogger logger, string engine, string code, double delay);

        [LoggerMessage(3, LogLevel.Warning, "Engine {Engine} keeps failing and is left alone for a while.")]
        public static partial void Paused(ILogger logger, string engine);

        [LoggerMessage(4, LogLevel.Debug, "Engine {Engine} is being left alone.")]
        public static partial void Skipped(ILogger logger, string engine);
    }
}
