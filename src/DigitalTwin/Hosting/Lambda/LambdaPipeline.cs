using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>The application, whatever context the host gave it.</summary>
internal interface ILambdaPipeline
{
    /// <summary>Runs the request. Throws what the application let through.</summary>
    Task RunAsync(LambdaRequest request, LambdaResponse response, CancellationToken answerEnds);
}

internal sealed class LambdaPipeline<TContext>(IHttpApplication<TContext> application) : ILambdaPipeline
    where TContext : notnull
{
    public async Task RunAsync(LambdaRequest request, LambdaResponse response, CancellationToken answerEnds)
    {
        using var lifetime = new RequestLifetime(answerEnds);
        response.Opened = lifetime.Follow;
        var context = application.CreateContext(FeaturesOf(request, response, lifetime));
        Exception? failure = null;
        try
        {
            await application.ProcessRequestAsync(context);
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            await response.RunCompletedAsync();
            application.DisposeContext(context, failure);
        }
    }

    /// <summary>
    /// Before the first event, while Lambda gives the process more of the processor than it will have later: one request through the
    /// whole pipeline. It changes nothing, and reads the table and the objects, so that credentials are there and connections open.
    /// </summary>
    public Task WarmUpAsync()
    {
        var request = new LambdaRequest([], null) { Path = "/health/ready", RawTarget = "/health/ready" };
        return RunAsync(request, new LambdaResponse(request.Method, null), CancellationToken.None);
    }

    private static FeatureCollection FeaturesOf(LambdaRequest request, LambdaResponse response, RequestLifetime lifetime)
    {
        var features = new FeatureCollection(12);
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpRequestBodyDetectionFeature>(request);
        features.Set<IHttpMaxRequestBodySizeFeature>(request);
        features.Set<IHttpConnectionFeature>(request);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(response);
        features.Set<IHttpRequestLifetimeFeature>(lifetime);
        if (request.Claims is not null)
        {
            features.Set(request.Claims);
        }

        return features;
    }

    private sealed class RequestLifetime : IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly CancellationTokenSource aborted;
        private CancellationTokenRegistration reader;

        public RequestLifetime(CancellationToken answerEnds)
        {
            aborted = CancellationTokenSource.CreateLinkedTokenSource(answerEnds);
            RequestAborted = aborted.Token;
        }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => aborted.Cancel();

        /// <summary>A reader that leaves ends the request as one of Kestrel's does.</summary>
        public void Follow(AnswerStream stream) => reader = stream.ReaderLeft.Register(Abort);

        public void Dispose()
        {
            reader.Dispose();
            aborted.Dispose();
        }
    }
}
