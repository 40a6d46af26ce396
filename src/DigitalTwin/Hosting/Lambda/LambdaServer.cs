using System.Text.Json;
using DigitalTwin.Aws;
using DigitalTwin.Memory;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>
/// Takes the place of Kestrel: asks the Runtime API for one event after the other and answers it. Lambda freezes the process while it
/// waits for the next event, so an event's work is over when its answer is.
/// </summary>
internal sealed partial class LambdaServer(
    LiveSettings<LambdaSettings> settings,
    EventWork work,
    LambdaRehearsal rehearsal,
    LiveTurns live,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<LambdaServer> logger,
    SecretRefresh? secrets = null,
    ModelMetrics? metrics = null) : IServer
{
    private readonly RuntimeApi api = new(settings.Now.RuntimeApi);
    private readonly CancellationTokenSource stopping = new();
    private Task serving = Task.CompletedTask;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        var run = new LambdaPipeline<TContext>(application);
        await run.WarmUpAsync();
        await rehearsal.Done;
        if (settings.Now.IsSnapStart)
        {
            await api.RestoreAsync(cancellationToken);
        }

        serving = ServeAsync(run);
    }

    /// <summary>The event that is being answered is answered first.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await serving.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        api.Dispose();
        stopping.Dispose();
    }

    private async Task ServeAsync(ILambdaPipeline pipeline)
    {
        try
        {
            while (true)
            {
                await AnswerAsync(pipeline, await api.NextAsync(stopping.Token));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host is stopping.
        }
        catch (RuntimeGoneException e)
        {
            Log.Gone(logger, e.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
        catch (Exception e)
        {
            Log.Broken(logger, e);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task AnswerAsync(ILambdaPipeline pipeline, Invocation invocation)
    {
        using var scope = logger.BeginScope(ScopeOf(invocation));
        using var deadline = new LambdaDeadline(invocation.Deadline, live, clock);
        try
        {
            if (secrets is not null)
            {
                await secrets.EnsureFreshAsync(deadline.WorkEnds);
            }

            using var json = JsonDocument.Parse(invocation.Event);
            if (HttpEvent.Matches(json.RootElement))
            {
                var request = HttpEvent.Read(json.RootElement, settings.Now, HostingFeature.MaxJsonBytes);
                json.Dispose();
                await AnswerHttpAsync(pipeline, invocation, request, deadline);
            }
            else
            {
                await RespondAsync(invocation, await work.RunAsync(json.RootElement, deadline.WorkEnds));
            }
        }
        catch (Exception e) when (e is not RuntimeGoneException)
        {
            Log.Failed(logger, e);
            await api.FailAsync(invocation, ErrorReport.Of(e is JsonException ? new BadEventException("The event is not JSON.") : e), CancellationToken.None);
        }

        if (metrics?.Take() is { } line)
        {
            await Console.Out.WriteLineAsync(line);
        }
    }

    private async Task AnswerHttpAsync(ILambdaPipeline pipeline, Invocation invocation, LambdaRequest request, LambdaDeadline deadline)
    {
        var response = new LambdaResponse(request.Method, request.TakesStream ? () => api.BeginAnswerAsync(invocation, CancellationToken.None) : null);
        Exception? failure = null;
        try
        {
            await pipeline.RunAsync(request, response, deadline.AnswerEnds);
            if (!deadline.AnswerEnds.IsCancellationRequested)
            {
                await response.CompleteAsync();
            }
        }
        catch (Exception e) when (e is not RuntimeGoneException && response.Streamed is not null)
        {
            failure = e;
        }

        if (response.Streamed is { } stream)
        {
            await EndStreamAsync(stream, failure ?? (deadline.AnswerEnds.IsCancellationRequested ? new TimeoutException() : null));
        }
        else
        {
            await RespondAsync(invocation, WholeAnswer(response, deadline));
        }
    }

    private async Task EndStreamAsync(AnswerStream stream, Exception? failure)
    {
        using (stream)
        {
            if (failure is not null)
            {
                Log.BrokeOff(logger, failure);
            }

            if (!await stream.EndAsync(failure is null ? null : ErrorReport.Of(failure)))
            {
                Log.ReaderLeft(logger);
            }
        }
    }

    private ReadOnlyMemory<byte> WholeAnswer(LambdaResponse response, LambdaDeadline deadline)
    {
        if (deadline.AnswerEnds.IsCancellationRequested && !response.HasStarted)
        {
            Log.OutOfTime(logger);
            return AnswerJson.Problem(TwinProblem.OutOfTime());
        }

        var answer = AnswerJson.Whole(response);
        if (answer.Length <= AnswerJson.MostBytes)
        {
            return answer;
        }

        Log.TooLong(logger, answer.Length, AnswerJson.MostBytes);
        return AnswerJson.Problem(TwinProblem.AnswerTooLong(AnswerJson.MostBytes));
    }

    private async Task RespondAsync(Invocation invocation, ReadOnlyMemory<byte> answer)
    {
        if (await api.RespondAsync(invocation, answer, CancellationToken.None) is >= 300 and var status)
        {
            Log.NotTaken(logger, status);
        }
    }

    /// <summary>Every line that is logged meanwhile says which invocation it belongs to.</summary>
    private static KeyValuePair<string, object>[] ScopeOf(Invocation invocation) => invocation.TraceId is { } trace
        ? [new("AwsRequestId", invocation.Id), new("AwsTraceId", trace)]
        : [new("AwsRequestId", invocation.Id)];

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "{Reason} The process ends.")]
        public static partial void Gone(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Critical, "The Lambda server is broken. The process ends.")]
        public static partial void Broken(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "The event could not be handled.")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(4, LogLevel.Error, "A streamed answer broke off.")]
        public static partial void BrokeOff(ILogger logger, Exception exception);

        [LoggerMessage(5, LogLevel.Information, "The reader of a streamed answer left before its end.")]
        public static partial void ReaderLeft(ILogger logger);

        [LoggerMessage(6, LogLevel.Error, "The request was cut off: Lambda's time for it is over.")]
        public static partial void OutOfTime(ILogger logger);

        [LoggerMessage(7, LogLevel.Error, "An answer of {Bytes} bytes is longer than the {Most} that Lambda takes.")]
        public static partial void TooLong(ILogger logger, int bytes, int most);

        [LoggerMessage(8, LogLevel.Error, "The Runtime API did not take the answer: {Status}.")]
        public static partial void NotTaken(ILogger logger, int status);
    }
}
