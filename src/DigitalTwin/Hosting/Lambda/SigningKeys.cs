using System.Text.Json;
using System.Text.Json.Nodes;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>The signing keys inside the app's secret, a JSON object of settings. No error repeats anything of it.</summary>
internal static class SigningKeys
{
    public const string Key = "Twin:Signing:Key";
    public const string PreviousKey = "Twin:Signing:PreviousKey";
    private const int ShortestKey = 32;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="BadSettingsException">The text is not such an object.</exception>
    public static JsonObject Parse(string? text)
    {
        try
        {
            if (text is not null && JsonNode.Parse(text, documentOptions: Strict) is JsonObject secret)
            {
                return secret;
            }
        }
        catch (JsonException)
        {
            // The parser's words repeat the text.
        }

        throw new BadSettingsException("The secret is not a JSON object of settings.");
    }

    /// <exception cref="BadSettingsException">There is none, or it is too short.</exception>
    public static string KeyOf(JsonObject secret) =>
        Members(secret).LastOrDefault(member => Is(member.Setting, Key)).Value is JsonValue value && value.TryGetValue(out string? key) && key.Length >= ShortestKey
            ? key
            : throw new BadSettingsException($"The secret has no {Key} of at least {ShortestKey} characters.");

    /// <summary>The secret with another key and the one that it has as the previous; all else stays.</summary>
    public static JsonObject Rotated(JsonObject secret, string key)
    {
        var rotated = secret.DeepClone().AsObject();
        foreach (var (holder, name, _, _) in Members(rotated).Where(member => Is(member.Setting, Key) || Is(member.Setting, PreviousKey)).ToArray())
        {
            holder.Remove(name);
        }

        rotated[Key] = key;
        rotated[PreviousKey] = KeyOf(secret);
        return rotated;
    }

    private static bool Is(string setting, string name) => setting.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whatever is no object, with the setting that it is, in every way in which settings may be written.</summary>
    private static IEnumerable<(JsonObject Holder, string Name, string Setting, JsonNode? Value)> Members(JsonObject holder, string prefix = "") =>
        holder.SelectMany(member =>
        {
            var setting = prefix + member.Key.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
            return member.Value is JsonObject inner ? Members(inner, setting + ConfigurationPath.KeyDelimiter) : [(holder, member.Key, setting, member.Value)];
        });
}
