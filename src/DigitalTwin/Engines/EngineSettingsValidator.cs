using DigitalTwin.Aws;
using FluentValidation;

namespace DigitalTwin.Engines;

/// <summary>Every message names the setting as it is written in configuration, and never repeats a key.</summary>
public sealed class EngineSettingsValidator : AbstractValidator<EngineSettings>
{
    private static readonly string[] Known = [EngineSettings.BedrockEngine, EngineSettings.OpenAIEngine, EngineSettings.ExtractiveEngine];
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);

    public EngineSettingsValidator()
    {
        CheckChain();
        CheckOpenAI();
        CheckBedrock();
        CheckPrice(s => s.OpenAI.Price, "OpenAI");
        CheckPrice(s => s.Bedrock.Price, "Bedrock");
        RuleFor(s => s.FirstTokenTimeout).Must(BeTimeout).WithMessage(Timeout("FirstTokenTimeout"));
        RuleFor(s => s.TokenTimeout).Must(BeTimeout).WithMessage(Timeout("TokenTimeout"));
        RuleFor(s => s.AnswerTimeout).Must(BeTimeout).WithMessage(Timeout("AnswerTimeout"));
        RuleFor(s => s.MaxAnswerTokens).InclusiveBetween(1, 32_000).WithMessage(Between("MaxAnswerTokens", "1 and 32000"));
        RuleFor(s => s.MaxContextTokens).InclusiveBetween(256, 1_000_000).WithMessage(Between("MaxContextTokens", "256 and 1000000"));
        RuleFor(s => s.MaxRetries).InclusiveBetween(0, 5).WithMessage(Between("MaxRetries", "0 and 5"));
    }

    private void CheckChain()
    {
        const string setting = $"{EngineSettings.Section}:Chain";
        RuleForEach(s => s.Chain).Must(name => Known.Contains(name))
            .WithMessage((_, name) => $"{setting} names the unknown engine '{name}'; the engines are {string.Join(", ", Known)}.");
        RuleFor(s => s.Chain).Must(chain => chain.Distinct().Count() == chain.Count)
            .WithMessage($"{setting} names an engine twice.");
        RuleFor(s => s.Chain).Must(chain => chain.Count > 0 && chain[^1] == EngineSettings.ExtractiveEngine)
            .WithMessage($"{setting} must end in '{EngineSettings.ExtractiveEngine}': it always answers, so that an engine after it is never asked.");
        RuleFor(s => s.Chain).Must((settings, chain) => settings.OpenAI.IsConfigured || !chain.Contains(EngineSettings.OpenAIEngine))
            .WithMessage($"{setting} names '{EngineSettings.OpenAIEngine}', which needs {EngineSettings.Section}:OpenAI:ApiKey (or OPENAI_API_KEY) or {EngineSettings.Section}:OpenAI:BaseUrl (or OPENAI_BASE_URL).");
    }

    private void CheckOpenAI()
    {
        RuleFor(s => s.OpenAI.BaseUrl).Must(BeAddress).When(s => s.OpenAI.BaseUrl is not null)
            .WithMessage($"{EngineSettings.Section}:OpenAI:BaseUrl (or OPENAI_BASE_URL) must be an http or https address without credentials, query or fragment, such as https://api.openai.com/v1.");
        RuleFor(s => s.OpenAI.ApiKey).Must(key => key!.All(c => c is > ' ' and <= '~')).When(s => s.OpenAI.ApiKey is not null)
            .WithMessage($"{EngineSettings.Section}:OpenAI:ApiKey (or OPENAI_API_KEY) must be printable ASCII without spaces.");
        RuleFor(s => s.OpenAI.Model).Must(model => !string.IsNullOrWhiteSpace(model))
            .WithMessage($"{EngineSettings.Section}:OpenAI:Model must not be empty.");
    }

    private void CheckBedrock()
    {
        const string section = $"{EngineSettings.Section}:Bedrock";
        RuleFor(s => s.Chain).Must((settings, chain) => settings.Bedrock.IsConfigured || !chain.Contains(EngineSettings.BedrockEngine))
            .WithMessage($"{EngineSettings.Section}:Chain names '{EngineSettings.BedrockEngine}', which needs {section}:ModelId.");
        RuleFor(s => s.Bedrock.ModelId).Must(model => model!.Length <= 2048 && model.All(c => c is > ' ' and <= '~'))
            .When(s => s.Bedrock.ModelId is not null)
            .WithMessage($"{section}:ModelId must be the id of a model, or the id or ARN of an inference profile.");
        RuleFor(s => s.Bedrock.Region).Must(region => region is not null && AwsSettingsValidator.IsRegion(region))
            .When(s => s.Bedrock.IsConfigured)
            .WithMessage($"{section}:Region (or Twin:Aws:Region, or AWS_REGION) must be the name of a region, such as eu-central-1.");
        RuleFor(s => s.Bedrock.GuardrailVersion).Must((settings, version) => version is null == settings.Bedrock.GuardrailId is null)
            .WithMessage($"{section}:GuardrailId and {section}:GuardrailVersion go together.");
    }

    private void CheckPrice(System.Linq.Expressions.Expression<Func<EngineSettings, ModelPrice>> price, string engine) =>
        RuleFor(price).Must(p => p.InputUsd is null or >= 0 and <= 10_000 && p.OutputUsd is null or >= 0 and <= 10_000)
            .WithMessage($"{EngineSettings.Section}:{engine}:InputUsdPerMillion and {EngineSettings.Section}:{engine}:OutputUsdPerMillion must be between 0 and 10000.");

    private static bool BeTimeout(TimeSpan value) => value > TimeSpan.Zero && value <= LongestTimeout;

    private static bool BeAddress(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri is { UserInfo: "", Query: "", Fragment: "" };

    private static string Timeout(string name) =>
        $"{EngineSettings.Section}:{name} must be more than zero and at most ten minutes, written as hh:mm:ss.";

    private static string Between(string name, string range) => $"{EngineSettings.Section}:{name} must be between {range}.";
}
