using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>Tells a test that the server has noticed that a reader is gone. Register it as an <see cref="IStartupFilter"/>.</summary>
internal sealed class AbortWatch : IStartupFilter
{
    private readonly Channel<bool> aborted = Channel.CreateUnbounded<bool>();

    /// <summary>Done when one more request was left by its client.</summary>
    public async Task NextAsync() => await aborted.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, inner) =>
        {
            context.RequestAborted.Register(() => aborted.Writer.TryWrite(true));
            return inner(context);
        });
        next(app);
    };
}
