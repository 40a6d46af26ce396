using System.Text.Json;
using DigitalTwin.Knowledge;
using DigitalTwin.Persona;

namespace DigitalTwin.Hosting;

/// <summary>
/// A persona as files: <c>me.txt</c>, <c>profile.json</c> and <c>knowledge/*.{md,txt,html}</c>. Whatever is wrong with them is a
/// <see cref="BadSettingsException"/> that names the file.
/// </summary>
internal sealed record SeedFolder(string Me, PersonaProfile Profile, IReadOnlyList<DocumentSource> Documents)
{
    private const string Setting = "Twin:Persona:SeedPath";

    public static SeedFolder Read(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new BadSettingsException($"{Setting}: there is no folder {path}.");
        }

        var me = ReadText(Path.Combine(path, "me.txt")).Trim();
        var profilePath = Path.Combine(path, "profile.json");
        var update = new PersonaUpdate(me, ReadProfile(profilePath));
        var checkedUpdate = new PersonaUpdateValidator().Validate(update);
        if (!checkedUpdate.IsValid)
        {
            throw new BadSettingsException($"{Setting}: {path}: {string.Join(' ', checkedUpdate.Errors.Select(e => e.ErrorMessage))}");
        }

        return new SeedFolder(update.Me, update.Profile, [.. ReadDocuments(Path.Combine(path, "knowledge"))]);
    }

    private static PersonaProfile ReadProfile(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(ReadText(path), PersonaJson.Default.PersonaProfile)
                ?? throw new BadSettingsException($"{Setting}: {path} is empty.");
        }
        catch (JsonException e)
        {
            throw new BadSettingsException($"{Setting}: {path} is not a profile {{name, headline, greeting, suggestions, accent}}: line {e.LineNumber + 1}.");
        }
    }

    private static IEnumerable<DocumentSource> ReadDocuments(string folder)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            if (DocumentMediaTypes.Of(file) is { } mediaType)
            {
                var name = Path.GetFileNameWithoutExtension(file);
                yield return new DocumentSource(IdOf(name), null, TitleOf(name), File.ReadAllBytes(file), mediaType);
            }
        }
    }

    /// <summary>The file's name with everything but letters, digits, '-' and '_' replaced: readable, and the same at every start.</summary>
    private static string IdOf(string name) =>
        string.Concat(name.Take(100).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? char.ToLowerInvariant(c) : '-'));

    private static string TitleOf(string name)
    {
        var words = name.Replace('-', ' ').Replace('_', ' ').Trim();
        return words.Length > 1 ? char.ToUpperInvariant(words[0]) + words[1..] : name;
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadSettingsException($"{Setting}: {path} cannot be read: {e.Message}");
        }
    }
}
