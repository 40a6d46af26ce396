namespace DigitalTwin.Owner;

/// <summary>Section <c>Twin:Owner</c>, and whether limits apply at all.</summary>
public sealed record OwnerSettings : ICheckedSettings
{
    private const int ShortestKey = 16;

    /// <summary>The owner key. A fresh start makes one of 256 random bits and keeps it in the data folder.</summary>
    public string Key { get; set; } = "";

    /// <summary>The user pool whose users are the owners, and whose tokens the gateway verifies; empty where the key is the way in.</summary>
    public string UserPoolId { get; set; } = "";

    public bool LimitsEnabled { get; set; } = true;

    public static OwnerSettings From(IConfiguration configuration) => new()
    {
        Key = configuration["Twin:Owner:Key"] ?? "",
        UserPoolId = configuration["Twin:Owner:UserPoolId"] ?? "",
        LimitsEnabled = configuration.GetValue("Twin:Limits:Enabled", true),
    };

    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Key))
        {
            yield return "Twin:Owner:Key: is not set. Without a data folder of its own the twin cannot make a key and keep it.";
        }
        else if (Key.Length < ShortestKey)
        {
            yield return $"Twin:Owner:Key: must have at least {ShortestKey} characters.";
        }
    }
}
