using System.Text;
using System.Text.Json.Nodes;
using DigitalTwin.Hosting.Pages;
using DigitalTwin.Persona;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Pages;

/// <summary>What a persona says comes out as text, whatever it looks like.</summary>
public sealed class PageTemplateTests
{
    private const string Everything =
        "<h1 title=\"{{name}}\">{{name}}</h1>{{headline}}|{{greeting}}|{{initials}}|{{version}}|{{theme}}<ul>{{#suggestions}}<li>{{.}}</li>{{/suggestions}}</ul>"
        + "<script type=\"application/json\">{{page}}</script>";

    [Fact]
    public void Every_place_gets_its_value()
    {
        var html = Render(Everything, new PersonaProfile("Ada Lovelace", "Mathematician", "Good day.", ["Who?", "Why?"], "#2f5d50"));

        var theme = AccentTheme.Of(new PersonaProfile("", "", "", [], "#2f5d50")).Version;
        Assert.StartsWith(
            $"<h1 title=\"Ada Lovelace\">Ada Lovelace</h1>Mathematician|Good day.|AL|7|{theme}<ul><li>Who?</li><li>Why?</li></ul><script", html, StringComparison.Ordinal);
        Assert.Equal(
            """{"profile":{"name":"Ada Lovelace","headline":"Mathematician","greeting":"Good day.","suggestions":["Who?","Why?"],"accent":"#2f5d50"},"version":7,"retentionDays":90}""",
            Data(html));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("</script><script>alert(1)</script>")]
    [InlineData("</SCRIPT ><img src=x onerror=alert(1)>")]
    [InlineData("<!--<script>")]
    [InlineData("-->")]
    [InlineData("\" onmouseover=\"alert(1)")]
    [InlineData("' onmouseover='alert(1)")]
    [InlineData("{{page}}")]
    [InlineData("{{#suggestions}}{{.}}{{/suggestions}}")]
    [InlineData("{{")]
    [InlineData("}}")]
    [InlineData("&lt;b&gt; & &amp;")]
    [InlineData("]]> \u2028\u2029\0\\u003c")]
    [InlineData("Zoë 李明 🧵 ﷽")]
    public void Markup_and_places_in_a_persona_are_text(string text)
    {
        var profile = new PersonaProfile(text, text, text, [text], "#2f5d50");

        var html = Render(Everything, profile);

        var visible = html[..html.IndexOf("<script", StringComparison.Ordinal)];
        var escaped = visible[visible.IndexOf("<li>", StringComparison.Ordinal)..].Replace("<li>", "", StringComparison.Ordinal).Replace("</li></ul>", "", StringComparison.Ordinal);
        Assert.Equal(-1, escaped.IndexOfAny(['<', '>', '"', '\'']));
        Assert.Equal(text, System.Net.WebUtility.HtmlDecode(escaped));
        Assert.Equal(-1, Data(html).IndexOfAny(['<', '>', '&', '\u2028', '\u2029']));
        Assert.Equal(text, JsonNode.Parse(Data(html))!["profile"]!["greeting"]!.GetValue<string>());
    }

    [Fact]
    public void Other_scripts_stay_readable() => Assert.Contains("Zoë 李明", Render("{{name}}", new PersonaProfile("Zoë 李明", "", "", [], "#000000")), StringComparison.Ordinal);

    [Theory]
    [InlineData("{{nonsense}}")]
    [InlineData("{{name")]
    [InlineData("{{#suggestions}}{{.}}")]
    [InlineData("{{#nonsense}}{{.}}{{/nonsense}}")]
    [InlineData("{{#suggestions}}{{name}}{{/suggestions}}")]
    [InlineData("{{/suggestions}}")]
    [InlineData("{{.}}")]
    public void A_page_with_a_place_that_means_nothing_is_refused(string template) =>
        Assert.Throws<FormatException>(() => Render(template, new PersonaProfile("a", "b", "c", ["d"], "#000000")));

    [Theory]
    [InlineData("Ada Lovelace", "AL")]
    [InlineData("ada", "A")]
    [InlineData("  Augusta  Ada King ", "AK")]
    [InlineData("Dr. (Mara) Lindqvist, PhD", "DP")]
    [InlineData("(the) \"Quokka\"", "TQ")]
    [InlineData("e\u0301lodie österberg", "E\u0301Ö")]
    [InlineData("李明", "李")]
    [InlineData("Ford & Sons & ❤", "FS")]
    [InlineData("3M Company", "3C")]
    [InlineData("👩‍👩‍👧 🚀", "👩‍👩‍👧")]
    [InlineData("𝒜da 𝓛", "𝒜𝓛")]
    public void Initials_are_of_the_first_and_the_last_word(string name, string initials) => Assert.Equal(initials, Initials.Of(name));

    private static string Render(string template, PersonaProfile profile) =>
        Encoding.UTF8.GetString(VisitorPage.Render(new PageTemplate(template), new PersonaVersion(7, "I am.", profile, DateTimeOffset.UnixEpoch), 90).Plain);

    private static string Data(string html) => html.Split("<script type=\"application/json\">")[1].Split("</script>")[0];
}
