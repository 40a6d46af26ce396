namespace DigitalTwin.Storage;

/// <summary>The object port's limits, checked the same way by every implementation; what breaks one throws <see cref="ArgumentException"/>.</summary>
internal static class ObjectGuard
{
    public const int MaxKeyLength = 512;

    public const int MaxListLimit = 1000;

    public static void CheckKey(string key)
    {
        var valid = key.Length is > 0 and <= MaxKeyLength && key.All(IsKeyCharacter) && !key.Split('/').Any(segment => segment is "" or "." or "..");
        if (!valid)
        {
            throw new ArgumentException(
                $"An object key has 1 to {MaxKeyLength} characters of A-Z a-z 0-9 . _ - / and no empty, . or .. segment.", nameof(key));
        }
    }

    public static void CheckMediaType(string mediaType)
    {
        if (mediaType.Length is 0 or > 255 || mediaType.Any(char.IsControl))
        {
            throw new ArgumentException("A media type has 1 to 255 characters, none of them a control character.", nameof(mediaType));
        }
    }

    public static void CheckLimit(int limit)
    {
        if (limit is < 1 or > MaxListLimit)
        {
            throw new ArgumentException($"A list's limit is 1 to {MaxListLimit}, not {limit}.", nameof(limit));
        }
    }

    private static bool IsKeyCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/';
}
