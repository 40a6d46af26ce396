namespace DigitalTwin.Engines;

/// <summary>What a model costs, in USD for a million tokens; null where nobody has said.</summary>
/// <param name="InputUsd">Setting <c>InputUsdPerMillion</c> of the engine.</param>
/// <param name="OutputUsd">Setting <c>OutputUsdPerMillion</c> of the engine.</param>
public sealed record ModelPrice(double? InputUsd = null, double? OutputUsd = null)
{
    private const double Million = 1_000_000;

    /// <summary>In USD; what has no price counts nothing.</summary>
    public double Of(long inputTokens, long outputTokens) => ((inputTokens * (InputUsd ?? 0)) + (outputTokens * (OutputUsd ?? 0))) / Million;

    internal static ModelPrice From(IConfigurationSection engine) =>
        new(engine.GetValue<double?>("InputUsdPerMillion"), engine.GetValue<double?>("OutputUsdPerMillion"));
}
