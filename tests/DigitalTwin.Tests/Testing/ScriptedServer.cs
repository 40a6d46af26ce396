using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace DigitalTwin.Tests.Testing;

/// <summary>
/// A model's server on the loopback over real HTTP, scripted per request. Requests take the scripted replies in order, then what
/// <see cref="Otherwise"/> makes; whatever nothing was scripted for gets 418, and is kept too. It needs nothing of the tests around it, so
/// that it can also run in a process of its own.
/// </summary>
public abstract class ScriptedServer<TRequest, TReply> : IAsyncDisposable
    where TReply : ScriptedReply
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<TReply> _replies = new();
    private readonly ConcurrentQueue<TRequest> _requests = new();

    /// <param name="port">0 for one of the system's choice.</param>
    protected ScriptedServer(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    public IReadOnlyList<TRequest> Requests => [.. _requests];

    public Func<TRequest, TReply>? Otherwise { get; set; }

    protected string Address => _app.Urls.Single();

    /// <summary>Scripts the next request; returns the reply, to be fed while it runs.</summary>
    public TReply Next(TReply reply)
    {
        _replies.Enqueue(reply);
        return reply;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _app.StopAsync(_stop.Token);
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    protected Task ListenAsync() => _app.StartAsync();

    protected abstract Task<TRequest> ReadAsync(HttpContext context, CancellationToken cancellationToken);

    /// <summary>Whether the request is one that replies are scripted for.</summary>
    protected abstract bool TakesReply(TRequest request);

    protected abstract Task SendAsync(HttpContext context, TRequest request, TReply reply, CancellationToken cancellationToken);

    /// <summary>Answers a request that no reply is scripted for; false when there is no answer.</summary>
    protected virtual Task<bool> TryAnswerAsync(HttpContext context, TRequest request, CancellationToken cancellationToken) => Task.FromResult(false);

    private async Task HandleAsync(HttpContext context)
    {
        var request = await ReadAsync(context, _stop.Token);
        _requests.Enqueue(request);
        if (!TakesReply(request) || !_replies.TryDequeue(out var reply) && (reply = Otherwise?.Invoke(request)) is null)
        {
            if (!await TryAnswerAsync(context, request, _stop.Token))
            {
                context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            }

            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        reply.Start();
        try
        {
            await SendAsync(context, request, reply, end.Token);
        }
        catch (OperationCanceledException)
        {
            reply.Leave();
        }
    }
}

/// <summary>
/// The script of one answer, used for one request. Steps added before the request are sent at once; steps added while it runs are sent when
/// they are added, so that a test decides when each token leaves.
/// </summary>
public abstract class ScriptedReply
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _clientLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the request has arrived.</summary>
    public Task Started => _started.Task;

    /// <summary>Done when the client has closed the connection before the answer's end.</summary>
    public Task ClientLeft => _clientLeft.Task;

    public abstract ScriptedReply Token(string text);

    /// <param name="reason">As the protocol names it; the one of a whole answer when null.</param>
    public abstract ScriptedReply Finish(string? reason = null);

    public abstract ScriptedReply Done();

    internal void Start() => _started.TrySetResult();

    internal void Leave() => _clientLeft.TrySetResult();
}
