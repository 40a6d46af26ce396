using DigitalTwin.Engines;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace DigitalTwin.Tests.Engines;

public sealed class EngineSettingsTests
{
    [Theory]
    [InlineData("extractive")]
    [InlineData("openai,extractive", "OPENAI_API_KEY=sk-1")]
    [InlineData("openai,extractive", "OPENAI_BASE_URL=http://127.0.0.1:1/v1")]
    [InlineData("openai,extractive", "Twin:Engines:OpenAI:ApiKey=sk-1")]
    [InlineData("openai,extractive", "Twin:Engines:OpenAI:ApiKey=sk-1", "Twin:Engines:Chain=openai")]
    [InlineData("openai,extractive", "Twin:Engines:OpenAI:ApiKey=sk-1", "Twin:Engines:Chain= OpenAI , extractive ")]
    [InlineData("openai,extractive", "Twin:Engines:OpenAI:ApiKey=sk-1", "Twin:Engines:Chain:0=openai", "Twin:Engines:Chain:1=extractive")]
    [InlineData("extractive", "Twin:Engines:OpenAI:ApiKey=sk-1", "Twin:Engines:Chain=extractive")]
    [InlineData("extractive", "Twin:Engines:OpenAI:ApiKey= ", "OPENAI_API_KEY=")]
    [InlineData("bedrock,extractive", "Twin:Engines:Bedrock:ModelId=m", "AWS_REGION=eu-central-1")]
    [InlineData("bedrock,extractive", "Twin:Engines:Bedrock:ModelId=m", "Twin:Engines:Bedrock:Region=eu-central-1")]
    [InlineData("bedrock,openai,extractive", "Twin:Engines:Bedrock:ModelId=m", "AWS_DEFAULT_REGION=eu-central-1", "OPENAI_API_KEY=sk-1")]
    [InlineData("openai,bedrock,extractive", "Twin:Engines:Bedrock:ModelId=m", "AWS_REGION=eu-central-1", "OPENAI_API_KEY=sk-1", "Twin:Engines:Chain=openai,bedrock")]
    public void The_chain_is_what_is_configured_and_ends_in_extractive(string chain, params string[] settings) =>
        Assert.Equal(chain, string.Join(',', Read(settings).Chain));

    [Fact]
    public void Nothing_set_leaves_the_defaults()
    {
        var settings = Read();

        Assert.Equal(
            (15, 30, 120, 800, 8000, 2),
            (settings.FirstTokenTimeout.TotalSeconds, settings.TokenTimeout.TotalSeconds, settings.AnswerTimeout.TotalSeconds,
                settings.MaxAnswerTokens, settings.MaxContextTokens, settings.MaxRetries));
    }

    [Fact]
    public void The_section_goes_before_the_environment()
    {
        var settings = Read(
            "OPENAI_API_KEY=sk-environment", "OPENAI_BASE_URL=http://environment/v1",
            "Twin:Engines:OpenAI:ApiKey=sk-section", "Twin:Engines:OpenAI:BaseUrl=http://section/v1", "Twin:Engines:OpenAI:Model=small",
            "Twin:Engines:FirstTokenTimeout=00:00:05", "Twin:Engines:MaxAnswerTokens=100");

        Assert.Equal(("sk-section", "http://section/v1", "small"), (settings.OpenAI.ApiKey, settings.OpenAI.BaseUrl, settings.OpenAI.Model));
        Assert.Equal((5, 100), (settings.FirstTokenTimeout.TotalSeconds, settings.MaxAnswerTokens));
    }

    [Theory]
    [InlineData("Twin:Engines:Chain names the unknown engine 'gpt'", "Twin:Engines:Chain=gpt,extractive")]
    [InlineData("Twin:Engines:Chain names 'openai', which needs Twin:Engines:OpenAI:ApiKey", "Twin:Engines:Chain=openai")]
    [InlineData("Twin:Engines:Chain must end in 'extractive'", "Twin:Engines:Chain=extractive,openai", "OPENAI_API_KEY=sk-1")]
    [InlineData("Twin:Engines:Chain names an engine twice", "Twin:Engines:Chain=openai,openai", "OPENAI_API_KEY=sk-1")]
    [InlineData("Twin:Engines:OpenAI:BaseUrl", "Twin:Engines:OpenAI:BaseUrl=localhost:11434")]
    [InlineData("Twin:Engines:OpenAI:BaseUrl", "Twin:Engines:OpenAI:BaseUrl=ftp://localhost/v1")]
    [InlineData("Twin:Engines:OpenAI:BaseUrl", "OPENAI_BASE_URL=http://me:secret@localhost/v1")]
    [InlineData("Twin:Engines:OpenAI:BaseUrl", "Twin:Engines:OpenAI:BaseUrl=http://localhost/v1?key=secret")]
    [InlineData("Twin:Engines:OpenAI:ApiKey", "Twin:Engines:OpenAI:ApiKey=sk secret")]
    [InlineData("Twin:Engines:Chain names 'bedrock', which needs Twin:Engines:Bedrock:ModelId", "Twin:Engines:Chain=bedrock")]
    [InlineData("Twin:Engines:Bedrock:Region", "Twin:Engines:Bedrock:ModelId=m")]
    [InlineData("Twin:Engines:Bedrock:Region", "Twin:Engines:Bedrock:ModelId=m", "Twin:Engines:Bedrock:Region=evil.example/")]
    [InlineData("Twin:Engines:Bedrock:ModelId", "Twin:Engines:Bedrock:ModelId=a model", "AWS_REGION=eu-central-1")]
    [InlineData("Twin:Engines:Bedrock:GuardrailId", "Twin:Engines:Bedrock:GuardrailId=g")]
    [InlineData("Twin:Engines:Bedrock:GuardrailId", "Twin:Engines:Bedrock:GuardrailVersion=1")]
    [InlineData("Twin:Aws:Region", "Twin:Knowledge:Retriever=KnowledgeBase", "Twin:Knowledge:KnowledgeBaseId=KB1")]
    [InlineData("Twin:Engines:FirstTokenTimeout", "Twin:Engines:FirstTokenTimeout=15")]
    [InlineData("Twin:Engines:TokenTimeout", "Twin:Engines:TokenTimeout=00:00:00")]
    [InlineData("Twin:Engines:AnswerTimeout", "Twin:Engines:AnswerTimeout=soon")]
    [InlineData("Twin:Engines:MaxAnswerTokens", "Twin:Engines:MaxAnswerTokens=0")]
    [InlineData("Twin:Engines:MaxAnswerTokens", "Twin:Engines:MaxAnswerTokens=many")]
    [InlineData("Twin:Engines:MaxContextTokens", "Twin:Engines:MaxContextTokens=10")]
    [InlineData("Twin:Engines:MaxRetries", "Twin:Engines:MaxRetries=-1")]
    public void A_bad_setting_stops_the_start_with_its_name(string message, params string[] settings)
    {
        var failure = Assert.ThrowsAny<Exception>(() => Host(settings));

        Assert.Contains(message, failure.Message);
        Assert.DoesNotContain("secret", failure.ToString());
    }

    [Fact]
    public void Every_bad_setting_is_named_at_once()
    {
        var failure = Assert.Throws<BadSettingsException>(() => Host("Twin:Engines:MaxRetries=9", "Twin:Engines:OpenAI:BaseUrl=nowhere"));

        Assert.Contains("Twin:Engines:MaxRetries", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Twin:Engines:OpenAI:BaseUrl", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_with_good_settings_starts_and_answers_through_the_chain()
    {
        using var host = Host("Twin:Engines:Chain=extractive");
        await host.StartAsync(TestContext.Current.CancellationToken);

        var response = await host.Services.GetRequiredService<IChatClient>()
            .GetResponseAsync("Who are you?", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("extractive", response.GetEngineName());
    }

    private static EngineSettings Read(params string[] settings)
    {
        using var host = Host(settings);
        return host.Services.GetRequiredService<EngineSettings>();
    }

    private static IHost Host(params string[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => setting.Split('=', 2)).ToDictionary(parts => parts[0], parts => (string?)parts[1]));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddEngines(builder.Configuration);
        builder.Services.AddKeyedSingleton<IChatClient>(EngineSettings.ExtractiveEngine, ScriptedClient.Saying("Hi"));
        return builder.Build();
    }
}
