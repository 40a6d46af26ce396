using DigitalTwin.Aws;

namespace DigitalTwin.Engines.Bedrock;

/// <summary>A model of Amazon Bedrock. It counts as configured when a model is named.</summary>
public sealed class BedrockSettings
{
    /// <summary>A model's id, or the id or ARN of an inference profile: <c>eu.anthropic.claude-sonnet-4-20250514-v1:0</c>.</summary>
    public string? ModelId { get; set; }

    /// <summary>Where the model is asked; the region of <see cref="AwsSettings"/> when not set.</summary>
    public string? Region { get; set; }

    /// <summary>The id or ARN of a guardrail that prompt and answer pass; none when not set.</summary>
    public string? GuardrailId { get; set; }

    /// <summary>A number, or <c>DRAFT</c>.</summary>
    public string? GuardrailVersion { get; set; }

    public ModelPrice Price { get; set; } = new();

    public bool IsConfigured => ModelId is not null;

    internal void Read(IConfigurationSection section, IConfiguration environment)
    {
        ModelId = Value(section[nameof(ModelId)]) ?? ModelId;
        Region = Value(section[nameof(Region)]) ?? AwsSettings.From(environment).Region ?? Region;
        GuardrailId = Value(section[nameof(GuardrailId)]) ?? GuardrailId;
        GuardrailVersion = Value(section[nameof(GuardrailVersion)]) ?? GuardrailVersion;
        Price = ModelPrice.From(section);
    }

    private static string? Value(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
