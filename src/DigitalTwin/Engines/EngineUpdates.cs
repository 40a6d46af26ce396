using Microsoft.Extensions.AI;

namespace DigitalTwin.Engines;

/// <summary>How an answer says which engine wrote it.</summary>
public static class EngineUpdates
{
    private const string Key = "engine";

    /// <summary>The engine's name on the first update of an answer; null on the later ones.</summary>
    public static string? GetEngineName(this ChatResponseUpdate update) => Find(update.AdditionalProperties);

    /// <summary>The name of the engine that wrote a whole answer.</summary>
    public static string? GetEngineName(this ChatResponse response) =>
        Find(response.AdditionalProperties) ?? response.Messages.Select(message => Find(message.AdditionalProperties)).FirstOrDefault(name => name is not null);

    internal static void SetEngineName(this ChatResponseUpdate update, string name) => (update.AdditionalProperties ??= [])[Key] = name;

    private static string? Find(AdditionalPropertiesDictionary? properties) =>
        properties is not null && properties.TryGetValue(Key, out var name) ? name as string : null;
}
