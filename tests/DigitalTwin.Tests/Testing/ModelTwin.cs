using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.Tests.Testing;

/// <summary>A twin whose first engine is a scripted model server, so that a test decides when each word is said.</summary>
internal sealed class ModelTwin : IAsyncDisposable
{
    private ModelTwin(OpenAiServer model, string? dataPath, Action<IServiceCollection>? services, (string Setting, string Value)[] settings)
    {
        Model = model;
        Twin = TwinFixture.Start(
            dataPath,
            all =>
            {
                all.AddSingleton<IStartupFilter>(Aborts);
                services?.Invoke(all);
            },
            [("Twin:Engines:OpenAI:BaseUrl", model.BaseUrl), ("Twin:Engines:MaxRetries", "0"), .. settings]);
    }

    public OpenAiServer Model { get; }

    public TwinFixture Twin { get; }

    /// <summary>Tells when the twin has noticed that a client left.</summary>
    public AbortWatch Aborts { get; } = new();

    public static async Task<ModelTwin> StartAsync(
        string? dataPath = null, Action<IServiceCollection>? services = null, params (string Setting, string Value)[] settings) =>
        new(await OpenAiServer.StartAsync(), dataPath, services, settings);

    public HttpClient NewVisitor(CookieContainer? cookies = null) => Twin.NewVisitor(cookies);

    /// <summary>The model will hold its next answer until the test feeds it.</summary>
    public OpenAiReply NextIsGated() => Model.Next(OpenAiReply.Gated());

    public void Next(params string[] tokens) => Model.Next(OpenAiReply.Of(tokens));

    /// <summary>The model goes first, which ends the turns that a failed test left gated; the twin would wait for them.</summary>
    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        await Twin.DisposeAsync();
    }
}
