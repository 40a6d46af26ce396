using System.Text.Json;

namespace DigitalTwin.Aws;

/// <summary>
/// Settings out of Secrets Manager, read before anything starts and again while it runs (<see cref="SecretRefresh"/>). Like the secrets of
/// the data folder they have the lowest rank: what is set otherwise wins. A secret that cannot be read or understood is a
/// <see cref="BadSettingsException"/> without its content.
/// </summary>
/// <remarks>
/// <see cref="AwsSettings.AppSecretId"/> holds a JSON object whose members are named like settings (<c>{"Twin:Signing:Key": "…"}</c>,
/// <c>{"Twin": {"Signing": {"Key": "…"}}}</c>, or <c>__</c> for a colon), <see cref="AwsSettings.LlmApiKeySecretId"/> the key itself.
/// </remarks>
internal sealed class SecretSettings(AwsSettings settings, IConfiguration configuration) : ConfigurationProvider, IConfigurationSource
{
    private const string ApiKeySetting = "Twin:Engines:OpenAI:ApiKey";

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Takes the place of what was read before, at once and whole; on failure that stays.</summary>
    public async Task ReadAsync(SecretsManager secrets, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (settings.AppSecretId is { } appSecret)
        {
            Flatten(await ReadAsync(secrets, "Twin:Aws:AppSecretId", appSecret, cancellationToken), found);
        }

        if (settings.LlmApiKeySecretId is { } apiKey)
        {
            found[ApiKeySetting] = (await ReadAsync(secrets, "Twin:Aws:LlmApiKeySecretId", apiKey, cancellationToken)).Trim();
        }

        Data = found.Where(one => !IsSetOtherwise(one.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private bool IsSetOtherwise(string setting) =>
        ((IConfigurationRoot)configuration).Providers.Any(other => other != this && other.TryGet(setting, out var value) && !string.IsNullOrEmpty(value));

    private static async Task<string> ReadAsync(SecretsManager secrets, string setting, string secretId, CancellationToken cancellationToken)
    {
        try
        {
            return await secrets.GetTextAsync(secretId, cancellationToken)
                ?? throw new BadSettingsException($"{setting}: the secret {secretId} is binary, not text.");
        }
        catch (AwsServiceException e)
        {
            throw new BadSettingsException($"{setting}: the secret {secretId} cannot be read. {e.Message}");
        }
    }

    private static void Flatten(string json, Dictionary<string, string?> settings)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind is JsonValueKind.Object)
            {
                Flatten(document.RootElement, "", settings);
                return;
            }
        }
        catch (JsonException)
        {
            // The parser's words repeat the text.
        }

        throw new BadSettingsException("Twin:Aws:AppSecretId: the secret is not a JSON object of settings.");
    }

    private static void Flatten(JsonElement value, string name, Dictionary<string, string?> settings)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    var own = member.Name.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
                    Flatten(member.Value, name.Length == 0 ? own : ConfigurationPath.Combine(name, own), settings);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Flatten(item, ConfigurationPath.Combine(name, $"{index++}"), settings);
                }

                break;
            case JsonValueKind.Null:
                break;
            default:
                settings[name] = value.ToString();
                break;
        }
    }
}
