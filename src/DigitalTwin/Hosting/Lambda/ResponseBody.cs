using System.Buffers;
using System.IO.Pipelines;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>The writing end of an answer: hands on at every flush what was written since the last one.</summary>
/// <param name="send">Takes what was written; called with nothing when a flush has nothing to say.</param>
/// <param name="keep">Whether the bytes stay here, because the answer is sent whole.</param>
internal sealed class ResponseBody(Func<ReadOnlyMemory<byte>, ValueTask> send, bool keep) : PipeWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private int flushed;

    public ReadOnlyMemory<byte> Written => buffer.WrittenMemory;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => buffer.WrittenCount - flushed;

    public override void Advance(int bytes) => buffer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => buffer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => buffer.GetSpan(sizeHint);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await send(buffer.WrittenMemory[flushed..]);
        if (keep)
        {
            flushed = buffer.WrittenCount;
        }
        else
        {
            buffer.ResetWrittenCount();
        }

        return default;
    }

    public override void CancelPendingFlush()
    {
        // A flush waits for nobody but the socket.
    }

    public override void Complete(Exception? exception = null)
    {
        // The server ends the answer when the pipeline is through.
    }
}
