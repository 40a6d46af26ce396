using DigitalTwin.Aws;

namespace DigitalTwin.Engines;

/// <summary>What the settings of the engines must be.</summary>
public sealed partial class EngineSettings
{
    private static readonly string[] Known = [BedrockEngine, OpenAIEngine, ExtractiveEngine];
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);

    public IEnumerable<string> Problems() => [
        .. ProblemsOfChain(), .. ProblemsOfOpenAI(), .. ProblemsOfBedrock(),
        .. ProblemsOfPrice(nameof(OpenAI), OpenAI.Price), .. ProblemsOfPrice(nameof(Bedrock), Bedrock.Price),
        .. ProblemsOfTimeout(nameof(FirstTokenTimeout), FirstTokenTimeout),
        .. ProblemsOfTimeout(nameof(TokenTimeout), TokenTimeout),
        .. ProblemsOfTimeout(nameof(AnswerTimeout), AnswerTimeout),
        .. ProblemsOfNumber(nameof(MaxAnswerTokens), MaxAnswerTokens, 1, 32_000),
        .. ProblemsOfNumber(nameof(MaxContextTokens), MaxContextTokens, 256, 1_000_000),
        .. ProblemsOfNumber(nameof(MaxRetries), MaxRetries, 0, 5),
    ];

    private IEnumerable<string> ProblemsOfChain()
    {
        foreach (var name in Chain.Where(name => !Known.Contains(name)))
        {
            yield return $"{Section}:Chain names the unknown engine '{name}'; the engines are {string.Join(", ", Known)}.";
        }

        if (Chain.Distinct().Count() != Chain.Count)
        {
            yield return $"{Section}:Chain names an engine twice.";
        }

        if (Chain.Count == 0 || Chain[^1] != ExtractiveEngine)
        {
            yield return $"{Section}:Chain must end in '{ExtractiveEngine}': it always answers, so that an engine after it is never asked.";
        }

        if (Chain.Contains(OpenAIEngine) && !OpenAI.IsConfigured)
        {
            yield return $"{Section}:Chain names '{OpenAIEngine}', which needs {Section}:OpenAI:ApiKey (or OPENAI_API_KEY) or {Section}:OpenAI:BaseUrl (or OPENAI_BASE_URL).";
        }

        if (Chain.Contains(BedrockEngine) && !Bedrock.IsConfigured)
        {
            yield return $"{Section}:Chain names '{BedrockEngine}', which needs {Section}:Bedrock:ModelId.";
        }
    }

    private IEnumerable<string> ProblemsOfOpenAI()
    {
        if (OpenAI.BaseUrl is not null && !AwsSettings.IsAddress(OpenAI.BaseUrl))
        {
            yield return $"{Section}:OpenAI:BaseUrl (or OPENAI_BASE_URL) must be an http or https address without credentials, query or fragment, such as https://api.openai.com/v1.";
        }

        if (OpenAI.ApiKey is not null && !IsPrintable(OpenAI.ApiKey))
        {
            yield return $"{Section}:OpenAI:ApiKey (or OPENAI_API_KEY) must be printable ASCII without spaces.";
        }

        if (string.IsNullOrWhiteSpace(OpenAI.Model))
        {
            yield return $"{Section}:OpenAI:Model must not be empty.";
        }
    }

    private IEnumerable<string> ProblemsOfBedrock()
    {
        const string section = $"{Section}:Bedrock";
        if (Bedrock.ModelId is { } model && (model.Length > 2048 || !IsPrintable(model)))
        {
            yield return $"{section}:ModelId must be the id of a model, or the id or ARN of an inference profile.";
        }

        if (Bedrock.IsConfigured && (Bedrock.Region is null || !AwsSettings.IsRegion(Bedrock.Region)))
        {
            yield return $"{section}:Region (or Twin:Aws:Region, or AWS_REGION) must be the name of a region, such as eu-central-1.";
        }

        if (Bedrock.GuardrailVersion is null != Bedrock.GuardrailId is null)
        {
            yield return $"{section}:GuardrailId and {section}:GuardrailVersion go together.";
        }
    }

    private static IEnumerable<string> ProblemsOfPrice(string engine, ModelPrice price) => price is { InputUsd: null or >= 0 and <= 10_000, OutputUsd: null or >= 0 and <= 10_000 }
        ? []
        : [$"{Section}:{engine}:InputUsdPerMillion and {Section}:{engine}:OutputUsdPerMillion must be between 0 and 10000."];

    private static IEnumerable<string> ProblemsOfTimeout(string name, TimeSpan value) => value > TimeSpan.Zero && value <= LongestTimeout
        ? []
        : [$"{Section}:{name} must be more than zero and at most ten minutes, written as hh:mm:ss."];

    private static IEnumerable<string> ProblemsOfNumber(string name, int value, int least, int most) => value >= least && value <= most
        ? []
        : [$"{Section}:{name} must be between {least} and {most}."];

    private static bool IsPrintable(string text) => text.All(c => c is > ' ' and <= '~');
}
