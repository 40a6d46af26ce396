using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>Cuts connections on the server's side, as a proxy does that has had enough.</summary>
internal sealed class LineCutter : IStartupFilter
{
    private readonly ConcurrentDictionary<HttpContext, bool> open = new();

    public void Register(IServiceCollection services) => services.AddSingleton<IStartupFilter>(this);

    public void Cut()
    {
        foreach (var context in open.Keys)
        {
            context.Abort();
        }
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, inner) =>
        {
            open[context] = true;
            try
            {
                await inner(context);
            }
            finally
            {
                open.TryRemove(context, out _);
            }
        });
        next(app);
    };
}
