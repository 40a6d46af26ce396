namespace DigitalTwin.Engines.Extractive;

/// <summary>How much each feature counts.</summary>
internal static class SentenceWeights
{
    private static readonly float[] Weights = [1f, 0.3f, -0.1f, 0.6f, 0.7f, 0.5f, 0.45f, 0.15f, 0.1f, 0.2f, 0.2f, 0.2f, 0.1f, 0.2f, 0.15f, -0.2f, 0.05f, 0.04f, 0.1f, 0.2f, 0f, 0.15f, -0.25f];

    public static float Of(SentenceFeature feature) => Weights[(int)feature];
}
