using DigitalTwin.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;

namespace DigitalTwin.Tests.Engines;

/// <summary>The chain with openai.</summary>
internal sealed class EngineHost : ModelHost<OpenAiServer>
{
    private EngineHost(OpenAiServer server, (string Name, string? Value)[] settings)
        : base(server, [("Twin:Engines:OpenAI:BaseUrl", server.BaseUrl), ("Twin:Engines:OpenAI:ApiKey", "sk-key-marker"), .. settings])
    {
    }

    public override string Engine => EngineSettings.OpenAIEngine;

    public IChatClient OpenAI => Client;

    public static async Task<EngineHost> StartAsync(params (string Name, string? Value)[] settings) =>
        new(await OpenAiServer.StartAsync(), settings);

    public override int RequestCount => Server.Requests.Count;

    public override ScriptedReply NextIsGated() => Server.Next(OpenAiReply.Gated().Role());

    public override ScriptedReply NextHangs() => Server.Next(OpenAiReply.Hang());

    public override void NextStatus(int status) => Server.Next(OpenAiReply.Status(status));
}
