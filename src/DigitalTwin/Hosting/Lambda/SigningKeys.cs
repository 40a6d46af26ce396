using System.Text.Json;
using System.Text.Json.Nodes;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>The signing keys inside the app's secret, a JSON object of settings. No error repeats anything of it.</summary>
internal static class SigningKeys
{
    public const string Key = "Twin:Signing:Key";
    public const string PreviousKey = "Twin:Signing:PreviousKey";
    public const string NextKey = "Twin:Signing:NextKey";
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

    /// <exception cref="BadSettingsException">It is missing or too short.</exception>
    public static string KeyOf(JsonObject secret, string setting = Key) => FindKey(secret, setting) ?? throw NoKey(setting);

    /// <summary>
    /// The secret with the next key for the one after: the next becomes the key, the key becomes the previous, all else stays. A secret
    /// without a next key is given one, and keeps its key until the rotation after.
    /// </summary>
    public static JsonObject Rotated(JsonObject secret, string next)
    {
        var (key, promoted) = (KeyOf(secret), FindKey(secret, NextKey));
        string[] changed = promoted is null ? [NextKey] : [NextKey, Key, PreviousKey];
        var rotated = secret.DeepClone().AsObject();
        foreach (var (holder, name, _, _) in Members(rotated).Where(member => changed.Any(setting => Is(member.Setting, setting))).ToArray())
        {
            holder.Remove(name);
        }

        if (promoted is not null)
        {
            (rotated[Key], rotated[PreviousKey]) = (promoted, key);
        }

        rotated[NextKey] = next;
        return rotated;
    }

    /// <summary>Null when there is none.</summary>
    private static string? FindKey(JsonObject secret, string setting) => Members(secret).LastOrDefault(member => Is(member.Setting, setting)).Value switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? key) && key.Length >= ShortestKey => key,
        _ => throw NoKey(setting),
    };

    private static BadSettingsException NoKey(string setting) => new($"The secret has no {setting} of at least {ShortestKey} characters.");

    private static bool Is(string setting, string name) => setting.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whatever is no object, with the setting that it is, in every way in which settings may be written.</summary>
    private static IEnumerable<(JsonObject Holder, string Name, string Setting, JsonNode? Value)> Members(JsonObject holder, string prefix = "") =>
        holder.SelectMany(member =>
        {
            var setting = prefix + member.Key.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
            return member.Value is JsonObject inner ? Members(inner, setting + ConfigurationPath.KeyDelimiter) : [(holder, member.Key, setting, member.Value)];
        });
}
