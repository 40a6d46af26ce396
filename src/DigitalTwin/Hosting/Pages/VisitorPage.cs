using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using DigitalTwin.Memory;
using DigitalTwin.Persona;

namespace DigitalTwin.Hosting.Pages;

/// <summary>
/// The visitor's page with the persona in it, so that it shows who the twin is before any script runs. Rendered once for each
/// version of the persona.
/// </summary>
internal sealed class VisitorPage(PersonaStore personas, MemorySettings memory)
{
    private readonly PageTemplate template = PageTemplate.Load("index.html");

    private RenderedPage? rendered;

    public async ValueTask<RenderedPage> CurrentAsync(CancellationToken cancellationToken)
    {
        var persona = await personas.CurrentAsync(cancellationToken);
        var known = rendered;
        return known?.PersonaVersion == persona.Version ? known : rendered = Render(template, persona, memory.RetentionDays);
    }

    internal static RenderedPage Render(PageTemplate template, PersonaVersion persona, int retentionDays)
    {
        var profile = persona.Profile;
        var texts = new Dictionary<string, string>
        {
            ["name"] = profile.Name,
            ["headline"] = profile.Headline,
            ["greeting"] = profile.Greeting,
            ["initials"] = Initials.Of(profile.Name),
            ["theme"] = AccentTheme.Of(profile).Version,
            ["version"] = persona.Version.ToString(CultureInfo.InvariantCulture),
        };
        var lists = new Dictionary<string, IReadOnlyList<string>> { ["suggestions"] = profile.Suggestions };
        var data = new PageData(profile, persona.Version, retentionDays);
        var raw = new Dictionary<string, string> { ["page"] = JsonSerializer.Serialize(data, PageJson.InHtml.PageData) };
        return RenderedPage.Of(persona.Version, Encoding.UTF8.GetBytes(template.Render(texts, lists, raw)));
    }
}

/// <summary>A page as it goes over the wire, plain and as gzip.</summary>
internal sealed record RenderedPage(int PersonaVersion, byte[] Plain, byte[] Gzip, string PlainTag, string GzipTag)
{
    public static RenderedPage Of(int personaVersion, byte[] html)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(html).AsSpan(0, 12));
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.SmallestSize))
        {
            gzip.Write(html);
        }

        return new RenderedPage(personaVersion, html, buffer.ToArray(), $"\"{hash}\"", $"\"{hash}-gzip\"");
    }
}

/// <summary>What the page's script starts with, so that its first request is the visitor's question.</summary>
/// <param name="Version">Of the persona.</param>
/// <param name="RetentionDays">When conversations disappear, to be said where the visitor is asked to trust the twin.</param>
internal sealed record PageData(PersonaProfile Profile, int Version, int RetentionDays);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PageData))]
internal sealed partial class PageJson : JsonSerializerContext
{
    /// <summary>Escapes <c>&lt;</c>, <c>&gt;</c> and <c>&amp;</c>, so that no text can end the script element that holds the JSON.</summary>
    public static PageJson InHtml { get; } =
        new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });
}
