using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Knowledge;

/// <summary>The owner's documents over HTTP: in, found, cited, and gone.</summary>
public sealed class KnowledgeEndpointsTests : OwnerTests
{
    private const string Path = "/api/owner/knowledge/documents";
    private const string Fact = "The quokka Mabel weighs 3.7 kilograms and lives in Perth.";
    private const string Question = "How much does the quokka Mabel weigh?";

    [Fact]
    public async Task A_document_is_found_and_cited_at_once_and_not_after_it_is_deleted()
    {
        using var visitor = Twin.NewVisitor();
        Assert.DoesNotContain("3.7", (await visitor.AskAsync(Question)).Text("answer"), StringComparison.Ordinal);

        var (id, document) = await AddAsync(new JsonObject { ["title"] = "Mabel", ["text"] = Fact });

        Assert.Equal("ready", document.Text("status"));
        Assert.Equal("text/plain", document.Text("mediaType"));
        Assert.Equal(Encoding.UTF8.GetByteCount(Fact), document["bytes"]!.GetValue<int>());
        Assert.Equal(1, document["passages"]!.GetValue<int>());
        Assert.Equal(document.ToJsonString(), (await Owner.GetJsonAsync($"{Path}/{id}")).ToJsonString());
        var hit = (await SearchAsync(Question))[0]!.AsObject();
        Assert.Equal(id, hit.Text("documentId"));
        Assert.Contains("3.7 kilograms", hit.Text("text"), StringComparison.Ordinal);
        var answer = await visitor.AskAsync(Question);
        Assert.Contains("3.7 kilograms", answer.Text("answer"), StringComparison.Ordinal);
        var citation = answer["citations"]![0]!.AsObject();
        Assert.Equal((id, "Mabel"), (citation.Text("documentId"), citation.Text("title")));
        Assert.Contains(citation.Text("quote"), Fact, StringComparison.Ordinal);

        using (var deleted = await Owner.DeleteAsync(new Uri($"{Path}/{id}", UriKind.Relative), TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        Assert.DoesNotContain(await SearchAsync(Question), found => found!.AsObject().Text("documentId") == id);
        Assert.DoesNotContain("3.7", (await visitor.AskAsync(Question)).Text("answer"), StringComparison.Ordinal);
        using var again = await Owner.DeleteAsync(new Uri($"{Path}/{id}", UriKind.Relative), TestContext.Current.CancellationToken);
        await again.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
        Assert.Empty(await Twin.Services.GetRequiredService<IObjectStore>().ListVersionsAsync($"knowledge/{id}/source", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("mabel.txt", "text/plain", Fact, "mabel")]
    [InlineData("mabel.md", "text/markdown", "# A quokka\n\n" + Fact, "A quokka")]
    [InlineData("mabel.markdown", "application/octet-stream", Fact, "mabel")]
    [InlineData("mabel.html", "text/html", "<html><head><title>Quokkas</title><script>evil()</script></head><body><p>" + Fact + "</p></body></html>", "Quokkas")]
    [InlineData("MABEL.TXT", "application/pdf", Fact, "MABEL")]
    [InlineData("mabel", "text/plain", Fact, "mabel")]
    [InlineData("../../etc/mabel.txt", "text/plain", Fact, "mabel")]
    public async Task A_file_can_be_uploaded(string fileName, string mediaType, string text, string title)
    {
        using var response = await UploadAsync(Encoding.UTF8.GetBytes(text), fileName, mediaType);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var document = await response.JsonAsync();
        Assert.Equal(title, document.Text("title"));
        Assert.Equal($"{Path}/{document.Text("documentId")}", response.Headers.Location!.ToString());
        var hit = (await SearchAsync(Question))[0]!.AsObject();
        Assert.Equal(document.Text("documentId"), hit.Text("documentId"));
        Assert.DoesNotContain("evil", hit.Text("text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_given_title_wins()
    {
        using var response = await UploadAsync(Encoding.UTF8.GetBytes("# Other\n\n" + Fact), "mabel.md", "text/markdown", "Mabel, a quokka");

        Assert.Equal("Mabel, a quokka", (await response.JsonAsync()).Text("title"));
    }

    [Theory]
    [InlineData("\"\"", "A quokka")]
    [InlineData("\"  \"", "A quokka")]
    [InlineData("null", "A quokka")]
    public async Task A_document_without_a_title_takes_its_own(string title, string expected)
    {
        using var response = await Owner.PostJsonAsync(Path, $$"""{"title": {{title}}, "text": "# A quokka\n\n{{Fact}}", "mediaType": "text/markdown"}""");

        Assert.Equal(expected, (await response.JsonAsync()).Text("title"));
    }

    [Theory]
    [InlineData("a.txt", "89504e470d0a1a0a0000000d49484452", 400, "validation")]
    [InlineData("a.txt", "fffe410042004300", 400, "validation")]
    [InlineData("a.txt", "", 400, "validation")]
    [InlineData("a.txt", "2020200a0a", 400, "validation")]
    [InlineData("a.txt", "00000000000000000000", 400, "validation")]
    [InlineData("a.txt", "410042004300", 400, "validation")]
    [InlineData("a.html", "3c7363726970743e616c6572742831293c2f7363726970743e", 400, "validation")]
    [InlineData("a.pdf", "255044462d312e37", 415, "unsupported_media_type")]
    [InlineData("a.exe", "4d5a", 415, "unsupported_media_type")]
    [InlineData("a.txt.zip", "504b0304", 415, "unsupported_media_type")]
    [InlineData("a", "504b0304", 415, "unsupported_media_type")]
    public async Task A_bad_file_is_refused_and_leaves_nothing(string fileName, string hex, int status, string code)
    {
        var before = await StoredAsync();

        using var response = await UploadAsync(Convert.FromHexString(hex), fileName, "application/octet-stream");

        await response.AssertProblemAsync((HttpStatusCode)status, code);
        Assert.Equal(before, await StoredAsync());
    }

    [Theory]
    [InlineData("""{"title": "a", "text": ""}""")]
    [InlineData("""{"title": "a", "text": " \n "}""")]
    [InlineData("""{"title": "a"}""")]
    [InlineData("""{"title": "a", "text": "b", "mediaType": "application/pdf"}""")]
    [InlineData("""{"title": 1, "text": "b"}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    public async Task A_bad_document_is_refused_and_leaves_nothing(string body)
    {
        var before = await StoredAsync();

        using var response = await Owner.PostJsonAsync(Path, body);

        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
        Assert.Equal(before, await StoredAsync());
    }

    [Theory]
    [InlineData('t', 201)]
    [InlineData('\0', 1)]
    public async Task A_title_too_long_or_with_NUL_is_refused_both_ways(char letter, int count)
    {
        var title = new string(letter, count);
        using var json = await Owner.PostJsonAsync(Path, new JsonObject { ["title"] = title, ["text"] = "b" }.ToJsonString());
        using var form = await UploadAsync(Encoding.UTF8.GetBytes(Fact), "a.txt", "text/plain", title);

        await json.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
        await form.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_form_holds_exactly_one_file(int files)
    {
        using var form = new MultipartFormDataContent { { new StringContent("a title"), "title" } };
        for (var i = 0; i < files; i++)
        {
            form.Add(new StringContent(Fact), "file", $"{i}.txt");
        }

        using var response = await Owner.PostAsync(new Uri(Path, UriKind.Relative), form, TestContext.Current.CancellationToken);

        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
    }

    [Theory]
    [InlineData("")]
    [InlineData("--x\r\n")]
    [InlineData("--x\r\nno header\r\n\r\nb\r\n--x--\r\n")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"title\"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nb\r\n--x--\r\n")]
    public async Task A_form_that_cannot_be_read_is_refused(string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");

        using var response = await Owner.PostAsync(new Uri(Path, UriKind.Relative), content, TestContext.Current.CancellationToken);

        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/pdf")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/mixed; boundary=x")]
    public async Task A_body_of_another_kind_is_refused(string mediaType)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Fact));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);

        using var response = await Owner.PostAsync(new Uri(Path, UriKind.Relative), content, TestContext.Current.CancellationToken);

        await response.AssertProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_20_MiB_are_refused(bool asFile)
    {
        const int tooMuch = (20 * 1024 * 1024) + 1;
        Owner.DefaultRequestHeaders.ExpectContinue = true;
        using var response = asFile
            ? await UploadAsync(new byte[tooMuch], "a.txt", "text/plain")
            : await Owner.PostJsonAsync(Path, $$"""{"title": "a", "text": "{{new string('x', tooMuch)}}"}""");

        var problem = await response.AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge, "payload_too_large");
        Assert.Contains("20971520", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_larger_than_other_bodies_may_be_is_taken()
    {
        var text = string.Join('\n', Enumerable.Range(0, 4000).Select(i => $"Line {i} tells of nothing in particular.\n")) + Fact;

        var (id, _) = await AddAsync(new JsonObject { ["title"] = "Long", ["text"] = text });

        Assert.Equal(id, (await SearchAsync(Question))[0]!.AsObject().Text("documentId"));
    }

    [Fact]
    public async Task A_restart_keeps_every_document_and_what_was_deleted_stays_away()
    {
        var (kept, _) = await AddAsync(new JsonObject { ["title"] = "Mabel", ["text"] = Fact });
        var (gone, _) = await AddAsync(new JsonObject { ["title"] = "Gone", ["text"] = "The quokka Humphrey weighs 4.1 kilograms." });
        using (await Owner.DeleteAsync(new Uri($"{Path}/{gone}", UriKind.Relative), TestContext.Current.CancellationToken))
        {
        }

        var before = await StoredAsync();
        await RestartAsync();

        Assert.Equal(before, await StoredAsync());
        Assert.Equal(kept, (await SearchAsync(Question))[0]!.AsObject().Text("documentId"));
        Assert.DoesNotContain(await SearchAsync("the quokka Humphrey"), hit => hit!.AsObject().Text("documentId") == gone);
        using var visitor = Twin.NewVisitor();
        Assert.Contains("3.7", (await visitor.AskAsync(Question)).Text("answer"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_cut_into_pages_that_miss_nothing()
    {
        var all = (await Owner.GetJsonAsync(Path + "?limit=100"))["items"]!.AsArray().Select(item => item!.AsObject().Text("documentId")).ToList();
        var paged = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Owner.GetJsonAsync($"{Path}?limit=5" + (cursor is null ? "" : $"&cursor={cursor}"));
            paged.AddRange(page["items"]!.AsArray().Select(item => item!.AsObject().Text("documentId")));
            cursor = page["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        Assert.Equal(12, all.Count);
        Assert.Equal(all, paged);
    }

    private async Task<(string Id, JsonObject Document)> AddAsync(JsonObject body)
    {
        using var response = await Owner.PostJsonAsync(Path, body.ToJsonString());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var document = await response.JsonAsync();
        return (document.Text("documentId"), document);
    }

    private async Task<HttpResponseMessage> UploadAsync(byte[] bytes, string fileName, string mediaType, string? title = null)
    {
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(bytes);
        file.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        form.Add(file, "file", fileName);
        if (title is not null)
        {
            form.Add(new StringContent(title), "title");
        }

        return await Owner.PostAsync(new Uri(Path, UriKind.Relative), form, TestContext.Current.CancellationToken);
    }

    private async Task<JsonArray> SearchAsync(string query)
    {
        using var response = await Owner.PostJsonAsync("/api/owner/knowledge/search", new JsonObject { ["query"] = query, ["top"] = 5 }.ToJsonString());
        return (await response.JsonAsync())["items"]!.AsArray();
    }

    /// <summary>The documents' entries and the objects.</summary>
    private async Task<string> StoredAsync()
    {
        var entries = await Owner.GetJsonAsync(Path + "?limit=100");
        var objects = await Twin.Services.GetRequiredService<IObjectStore>().ListAsync("", cancellationToken: TestContext.Current.CancellationToken);
        return entries.ToJsonString() + string.Join('\n', objects.Select(stored => stored.Key));
    }
}
