using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using DigitalTwin.Tests.Testing.Lambda;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>Events in the documented format, from <c>events/</c>, changed where a test wants something else in them.</summary>
internal static class RecordedEvent
{
    public static string Text(string name) => File.ReadAllText(Repository.Path("tests", "DigitalTwin.Tests", "Hosting", "Lambda", "events", name + ".json"));

    /// <summary>A request through the HTTP API.</summary>
    public static string Http(string method, string path, string query = "", string? body = null, Action<JsonObject>? change = null) =>
        Request("http-api", method, path, query, body, change);

    /// <summary>A request through the function URL.</summary>
    public static string Url(string method, string path, string? body = null, Action<JsonObject>? change = null) =>
        Request("function-url", method, path, "", body, change);

    public static string Chat(string message = "When were you born?") => Http("POST", "/api/chat", body: ChatClientExtensions.Body(message));

    private static string Request(string name, string method, string path, string query, string? body, Action<JsonObject>? change)
    {
        var json = JsonNode.Parse(Text(name))!.AsObject();
        json["rawPath"] = path;
        json["rawQueryString"] = query;
        json["requestContext"]!["http"]!["method"] = method;
        json["requestContext"]!["http"]!["path"] = path;
        json.Remove("body");
        if (body is not null)
        {
            json["body"] = body;
        }

        change?.Invoke(json);
        return json.ToJsonString();
    }
}

/// <summary>An answer in payload format 2.0.</summary>
internal sealed record LambdaAnswer(int Status, JsonObject Headers, IReadOnlyList<string> Cookies, bool IsBase64, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public string? Header(string name) => Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value?.GetValue<string>();

    /// <summary>The visitor's cookie, as the browser sends it back.</summary>
    public string Cookie => Cookies[0].Split(';')[0];

    public static async Task<LambdaAnswer> OfAsync(LambdaCall call) => Of(await call.Answer);

    public static LambdaAnswer Of(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        var body = json.RootElement.GetProperty("body");
        var isBase64 = json.RootElement.GetProperty("isBase64Encoded").GetBoolean();
        return Head(json.RootElement) with { IsBase64 = isBase64, Body = isBase64 ? body.GetBytesFromBase64() : Encoding.UTF8.GetBytes(body.GetString()!) };
    }

    /// <summary>A streamed answer once it has ended.</summary>
    public static async Task<LambdaAnswer> OfStreamAsync(LambdaCall call)
    {
        await call.Streamed;
        var all = new List<byte>();
        await foreach (var piece in call.Pieces.ReadAllAsync())
        {
            all.AddRange(piece.Bytes);
        }

        var bytes = all.ToArray();
        var end = bytes.AsSpan().IndexOf(new byte[8]);
        using var json = JsonDocument.Parse(bytes.AsMemory(0, end));
        return Head(json.RootElement) with { Body = bytes[(end + 8)..] };
    }

    private static LambdaAnswer Head(JsonElement json) => new(
        json.GetProperty("statusCode").GetInt32(),
        JsonNode.Parse(json.GetProperty("headers").GetRawText())!.AsObject(),
        json.TryGetProperty("cookies", out var cookies) ? [.. cookies.EnumerateArray().Select(cookie => cookie.GetString()!)] : [],
        false,
        []);
}
