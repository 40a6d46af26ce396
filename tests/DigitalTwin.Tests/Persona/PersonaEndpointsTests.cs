using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Persona;

/// <summary>The owner says who the twin is, and the twin is it at once.</summary>
public sealed class PersonaEndpointsTests : OwnerTests
{
    private const string Path = "/api/owner/persona";
    private const string Colour = "What is your favourite colour?";

    [Fact]
    public async Task A_new_persona_is_public_at_once_and_answers_at_once()
    {
        using var visitor = Twin.NewVisitor();
        Assert.Equal("Ada Lovelace", (await visitor.GetJsonAsync("/api/persona")).Text("name"));
        Assert.DoesNotContain("saffron", (await visitor.AskAsync(Colour)).Text("answer"), StringComparison.Ordinal);

        using var put = await PutAsync(TestPersona.Update());

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("\"2\"", put.Headers.ETag!.Tag);
        var profile = await visitor.GetJsonAsync("/api/persona");
        Assert.Equal(TestPersona.Profile.ToJsonString(), profile.ToJsonString());
        var answer = await visitor.AskAsync(Colour);
        Assert.Contains("saffron yellow", answer.Text("answer"), StringComparison.Ordinal);
        var citation = answer["citations"]![0]!.AsObject();
        Assert.Equal("persona", citation.Text("documentId"));
        Assert.Equal("About Otto Lindqvist", citation.Text("title"));
        Assert.Contains(citation.Text("quote"), TestPersona.Me, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_public_profile_does_not_hold_the_text()
    {
        using var visitor = Twin.NewVisitor();

        var profile = await visitor.GetJsonAsync("/api/persona");

        Assert.Equal(["name", "headline", "greeting", "suggestions", "accent"], profile.Select(member => member.Key));
    }

    [Fact]
    public async Task If_Match_keeps_one_change_from_undoing_another()
    {
        using (var first = await PutAsync(TestPersona.Update("I am the first."), "\"1\""))
        {
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        }

        foreach (var stale in new[] { "\"1\"", "W/\"2\"", "\"3\", \"4\"", "2", "nonsense" })
        {
            using var late = await PutAsync(TestPersona.Update("I am late."), stale);
            await late.AssertProblemAsync(HttpStatusCode.PreconditionFailed, "conflict");
        }

        Assert.Equal("I am the first.", (await Owner.GetJsonAsync(Path)).Text("me"));
        foreach (var good in new[] { "\"2\"", "\"7\", \"3\"", "*" })
        {
            using var next = await PutAsync(TestPersona.Update("I am next."), good);
            Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        }
    }

    [Fact]
    public async Task What_was_read_can_be_edited_and_sent_back()
    {
        using (await Owner.PostJsonAsync(Path + "/versions/1/restore", "{}"))
        {
        }

        var persona = await Owner.GetJsonAsync(Path);
        persona["profile"]!["headline"] = "Countess";

        using var put = await PutAsync(persona.ToJsonString(), "\"2\"");

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        var current = await Owner.GetJsonAsync(Path);
        Assert.Equal((3, "Countess"), (current["version"]!.GetValue<int>(), current["profile"]!.AsObject().Text("headline")));
        Assert.Null(current["restoredFrom"]);
    }

    [Fact]
    public async Task Of_two_changes_at_the_same_time_with_the_same_If_Match_one_wins()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PutAsync(TestPersona.Update($"I am number {i}."), "\"1\"")));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
        Assert.Equal(2, (await Owner.GetJsonAsync(Path))["version"]!.GetValue<int>());
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task Changes_at_the_same_time_leave_the_answers_with_the_last_of_them()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => PutAsync(TestPersona.Update($"My favourite colour is number{i}."))));
        Array.ForEach(answers, answer => answer.Dispose());
        using var visitor = Twin.NewVisitor();

        var me = (await Owner.GetJsonAsync(Path)).Text("me");

        Assert.Contains(me.Split(' ')[^1].TrimEnd('.'), (await visitor.AskAsync(Colour)).Text("answer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Versions_are_kept_and_can_be_brought_back()
    {
        using (await PutAsync(TestPersona.Update()))
        using (await PutAsync(TestPersona.Update("I am somebody else now.")))
        {
        }

        var list = await Owner.GetJsonAsync(Path + "/versions?limit=2");
        Assert.Equal([3, 2], list["items"]!.AsArray().Select(item => item!["version"]!.GetValue<int>()));
        var rest = await Owner.GetJsonAsync(Path + "/versions?cursor=" + list.Text("nextCursor"));
        Assert.Equal([1], rest["items"]!.AsArray().Select(item => item!["version"]!.GetValue<int>()));
        Assert.Equal("Ada Lovelace", rest["items"]![0]!.AsObject().Text("name"));
        Assert.Equal(TestPersona.Me, (await Owner.GetJsonAsync(Path + "/versions/2")).Text("me"));

        using var restored = await Owner.PostJsonAsync(Path + "/versions/2/restore", "{}");

        Assert.Equal("\"4\"", restored.Headers.ETag!.Tag);
        var current = await Owner.GetJsonAsync(Path);
        Assert.Equal(TestPersona.Me, current.Text("me"));
        Assert.Equal(2, current["restoredFrom"]!.GetValue<int>());
        using var visitor = Twin.NewVisitor();
        Assert.Contains("saffron", (await visitor.AskAsync(Colour)).Text("answer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_keeps_persona_and_versions_and_does_not_seed_again()
    {
        using (await PutAsync(TestPersona.Update()))
        {
        }

        await RestartAsync();

        Assert.Equal(2, (await Owner.GetJsonAsync(Path + "/versions"))["items"]!.AsArray().Count);
        using var visitor = Twin.NewVisitor();
        Assert.Equal("Otto Lindqvist", (await visitor.GetJsonAsync("/api/persona")).Text("name"));
        Assert.Contains("saffron", (await visitor.AskAsync(Colour)).Text("answer"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "", "name")]
    [InlineData("name", "81", "name")]
    [InlineData("headline", "161", "headline")]
    [InlineData("greeting", "601", "greeting")]
    [InlineData("accent", "red", "accent")]
    [InlineData("accent", "#12345", "accent")]
    [InlineData("accent", "#123456\n", "accent")]
    [InlineData("accent", "url(https://evil.example)", "accent")]
    public async Task A_bad_profile_is_refused_member_by_member(string member, string value, string named)
    {
        var text = int.TryParse(value, out var length) ? new string('x', length) : value;

        using var response = await PutAsync(TestPersona.Update(change: profile => profile[member] = text));

        var problem = await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
        Assert.Contains(problem["errors"]!.AsObject(), error => error.Key.EndsWith(named, StringComparison.Ordinal));
        Assert.Equal(1, (await Owner.GetJsonAsync(Path))["version"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""["", "a"]""")]
    [InlineData("""[null]""")]
    [InlineData("""null""")]
    [InlineData("""["1", "2", "3", "4", "5", "6", "7"]""")]
    public async Task Bad_suggestions_are_refused(string suggestions)
    {
        using var response = await PutAsync(TestPersona.Update(change: profile => profile["suggestions"] = System.Text.Json.Nodes.JsonNode.Parse(suggestions)));

        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
    }

    [Fact]
    public async Task A_text_of_50_001_characters_is_refused_and_one_of_50_000_is_taken()
    {
        using (var tooLong = await PutAsync(TestPersona.Update(new string('x', 50_001))))
        {
            await tooLong.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
        }

        using var taken = await PutAsync(TestPersona.Update(new string('x', 50_000)));
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task Another_seed_folder_makes_it_somebody_elses_twin()
    {
        TestPersona.WriteTo(File("seed"));
        await using var other = TwinFixture.Start(settings: ("Twin:Persona:SeedPath", File("seed")));
        using var visitor = other.NewVisitor();

        Assert.Equal("Otto Lindqvist", (await visitor.GetJsonAsync("/api/persona")).Text("name"));
        Assert.Contains("3 May 1961", (await visitor.AskAsync("When were you born?")).Text("answer"), StringComparison.Ordinal);
        var honey = await visitor.AskAsync("When is heather honey harvested?");
        Assert.Contains("August", honey.Text("answer"), StringComparison.Ordinal);
        Assert.Equal("honey", honey["citations"]![0]!.AsObject().Text("documentId"));
        using var otherOwner = other.Owner();
        var documents = (await otherOwner.GetJsonAsync("/api/owner/knowledge/documents"))["items"]!.AsArray();
        Assert.Equal("Honey", Assert.Single(documents)!.AsObject().Text("title"));
        Assert.DoesNotContain("Lovelace", (await visitor.AskAsync("Who are you?")).ToJsonString(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PutAsync(string body, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(Path, UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await Owner.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
