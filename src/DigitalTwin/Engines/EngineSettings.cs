using DigitalTwin.Engines.Bedrock;

namespace DigitalTwin.Engines;

/// <summary>
/// Section <c>Twin:Engines</c>. The chain is the order in which engines are asked; it always ends in <c>extractive</c>, which needs
/// nothing, so that the twin never goes dark.
/// </summary>
public sealed partial class EngineSettings : ICheckedSettings
{
    public const string Section = "Twin:Engines";
    public const string BedrockEngine = "bedrock";
    public const string OpenAIEngine = "openai";
    public const string ExtractiveEngine = "extractive";

    public IReadOnlyList<string> Chain { get; set; } = [ExtractiveEngine];

    public BedrockSettings Bedrock { get; set; } = new();

    public OpenAISettings OpenAI { get; set; } = new();

    /// <summary>How long one engine has, its retries included, until its first text.</summary>
    public TimeSpan FirstTokenTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest silence in the middle of an answer.</summary>
    public TimeSpan TokenTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one engine has for its whole answer.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(120);

    public int MaxAnswerTokens { get; set; } = 800;

    public int MaxContextTokens { get; set; } = 8000;

    /// <summary>How often one engine is asked again before its first text, if its failure may pass.</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>Whether a model is asked before the extractive engine.</summary>
    public bool AsksModel => Chain[0] != ExtractiveEngine;

    internal ModelPrice PriceOf(string engine) => engine switch
    {
        BedrockEngine => Bedrock.Price,
        OpenAIEngine => OpenAI.Price,
        _ => new ModelPrice(),
    };

    /// <summary>Reads what is set and leaves the defaults where nothing is.</summary>
    public static EngineSettings From(IConfiguration configuration)
    {
        var settings = new EngineSettings();
        settings.Read(configuration);
        return settings;
    }

    private void Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        Bedrock.Read(section.GetSection(nameof(Bedrock)), configuration);
        OpenAI.Read(section.GetSection(nameof(OpenAI)), configuration);
        FirstTokenTimeout = section.GetValue(nameof(FirstTokenTimeout), FirstTokenTimeout);
        TokenTimeout = section.GetValue(nameof(TokenTimeout), TokenTimeout);
        AnswerTimeout = section.GetValue(nameof(AnswerTimeout), AnswerTimeout);
        MaxAnswerTokens = section.GetValue(nameof(MaxAnswerTokens), MaxAnswerTokens);
        MaxContextTokens = section.GetValue(nameof(MaxContextTokens), MaxContextTokens);
        MaxRetries = section.GetValue(nameof(MaxRetries), MaxRetries);
        Chain = ReadChain(section.GetSection(nameof(Chain)));
    }

    private string[] ReadChain(IConfigurationSection section)
    {
        var names = section.GetChildren().Select(child => child.Value ?? "").Append(section.Value ?? "")
            .SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(name => name.ToLowerInvariant())
            .ToArray();
        if (names.Length == 0)
        {
            names = [.. Bedrock.IsConfigured ? [BedrockEngine] : Array.Empty<string>(), .. OpenAI.IsConfigured ? [OpenAIEngine] : Array.Empty<string>()];
        }

        return names.Contains(ExtractiveEngine) ? names : [.. names, ExtractiveEngine];
    }
}

/// <summary>Any OpenAI-compatible server. It counts as configured when a key or an address is given.</summary>
public sealed class OpenAISettings
{
    public string? BaseUrl { get; set; }

    public string? ApiKey { get; set; }

    public string Model { get; set; } = "gpt-4.1-mini";

    public ModelPrice Price { get; set; } = new();

    public bool IsConfigured => BaseUrl is not null || ApiKey is not null;

    internal void Read(IConfigurationSection section, IConfiguration environment)
    {
        BaseUrl = Value(section[nameof(BaseUrl)]) ?? Value(environment["OPENAI_BASE_URL"]) ?? BaseUrl;
        ApiKey = Value(section[nameof(ApiKey)]) ?? Value(environment["OPENAI_API_KEY"]) ?? ApiKey;
        Model = Value(section[nameof(Model)]) ?? Model;
        Price = ModelPrice.From(section);
    }

    private static string? Value(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
