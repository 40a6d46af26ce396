using System.Text.Json;
using System.Text.Json.Serialization;

namespace DigitalTwin.Persona;

/// <summary>What everybody may know of the twin.</summary>
/// <param name="Headline">One line under the name.</param>
/// <param name="Greeting">What an empty conversation opens with.</param>
/// <param name="Suggestions">Up to six questions to begin with.</param>
/// <param name="Accent">A colour as <c>#rrggbb</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PersonaProfile(string Name, string Headline, string Greeting, IReadOnlyList<string> Suggestions, string Accent);

/// <summary>A version of the persona: the free text and the profile, kept for ever.</summary>
/// <param name="Version">1 for the first, one more at each change; the ETag is this number in quotes.</param>
/// <param name="Me">The text of <c>me.txt</c>: the persona in the first person.</param>
/// <param name="RestoredFrom">The version that a rollback brought back.</param>
public sealed record PersonaVersion(int Version, string Me, PersonaProfile Profile, DateTimeOffset CreatedAt, int? RestoredFrom = null)
{
    [JsonIgnore]
    public string ETag => $"\"{Version}\"";
}

public sealed record PersonaVersionSummary(int Version, string Name, DateTimeOffset CreatedAt, int? RestoredFrom);

public sealed record PersonaVersionList(IReadOnlyList<PersonaVersionSummary> Items, string? NextCursor);

/// <summary>
/// The new text and profile. What else a version has may stand beside them, so that one that was read can be edited and sent back; it is
/// not taken over.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PersonaUpdate(
    string Me, PersonaProfile Profile, int? Version = null, DateTimeOffset? CreatedAt = null, int? RestoredFrom = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PersonaProfile))]
[JsonSerializable(typeof(PersonaVersion))]
[JsonSerializable(typeof(PersonaVersionList))]
[JsonSerializable(typeof(PersonaUpdate))]
internal sealed partial class PersonaJson : JsonSerializerContext;
