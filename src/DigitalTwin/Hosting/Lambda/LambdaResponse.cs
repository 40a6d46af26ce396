using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>What the pipeline answers: kept until it is whole, or sent on at every flush when there is a stream to send it by.</summary>
internal sealed class LambdaResponse : IHttpResponseFeature, IHttpResponseBodyFeature
{
    private readonly Func<ValueTask<AnswerStream>>? openStream;
    private readonly bool isBodyless;
    private readonly ResponseBody body;
    private readonly HeaderDictionary headers = [];
    private Stack<(Func<object, Task> Callback, object State)>? starting;
    private Stack<(Func<object, Task> Callback, object State)>? completed;
    private Stream? stream;

    /// <param name="method">The request's: the answer to HEAD has no body.</param>
    /// <param name="openStream">Begins a streamed answer; null when the answer is sent whole.</param>
    public LambdaResponse(string method, Func<ValueTask<AnswerStream>>? openStream)
    {
        (this.openStream, isBodyless) = (openStream, HttpMethods.IsHead(method));
        Headers = headers;
        body = new ResponseBody(SendAsync, keep: openStream is null);
    }

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; }

    public bool HasStarted { get; private set; }

    /// <summary>Called with the stream when the answer begins to go there.</summary>
    public Action<AnswerStream>? Opened { get; set; }

    /// <summary>Where the answer goes, once it has begun to go somewhere.</summary>
    public AnswerStream? Streamed { get; private set; }

    public Stream Stream => stream ??= body.AsStream(leaveOpen: true);

    public PipeWriter Writer => body;

    Stream IHttpResponseFeature.Body
    {
        get => Stream;
        set => stream = value;
    }

    /// <summary>The whole body of an answer that is not streamed.</summary>
    public ReadOnlyMemory<byte> Content => HasNoBody ? default : body.Written;

    /// <summary>RFC 9110 §6.4.1.</summary>
    private bool HasNoBody => isBodyless || StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified;

    public void OnStarting(Func<object, Task> callback, object state) => (starting ??= []).Push((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => (completed ??= []).Push((callback, state));

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (HasStarted)
        {
            return;
        }

        HasStarted = true;
        while (starting?.TryPop(out var next) ?? false)
        {
            await next.Callback(next.State);
        }

        headers.IsReadOnly = true;
        if (openStream is not null)
        {
            Streamed = await openStream();
            Opened?.Invoke(Streamed);
            await Streamed.SendAsync(AnswerJson.Prelude(this));
        }
    }

    /// <summary>The answer is whole: what is not sent yet goes.</summary>
    public async Task CompleteAsync() => await body.FlushAsync();

    public async Task RunCompletedAsync()
    {
        while (completed?.TryPop(out var next) ?? false)
        {
            await next.Callback(next.State);
        }
    }

    public void DisableBuffering()
    {
        // A stream is not buffered, and an answer that is sent whole cannot be sent otherwise.
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await StartAsync();
        if (Streamed is not null && !HasNoBody)
        {
            await Streamed.SendAsync(bytes);
        }
    }
}
