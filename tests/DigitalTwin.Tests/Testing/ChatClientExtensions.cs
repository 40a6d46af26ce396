using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>What a chat client does, in one line each.</summary>
internal static class ChatClientExtensions
{
    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, string json) =>
        client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

    /// <summary>Asks, expects 200, and returns the answer.</summary>
    public static async Task<JsonObject> AskAsync(this HttpClient client, string message, string? sessionId = null, string? clientMessageId = null)
    {
        using var response = await client.PostJsonAsync("/api/chat", Body(message, sessionId, clientMessageId));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();

    public static async Task<JsonObject> GetJsonAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    public static string Text(this JsonObject json, string member) => json[member]!.GetValue<string>();

    public static string Body(string message, string? sessionId = null, string? clientMessageId = null)
    {
        var body = new JsonObject { ["message"] = message };
        if (sessionId is not null)
        {
            body["sessionId"] = sessionId;
        }

        if (clientMessageId is not null)
        {
            body["clientMessageId"] = clientMessageId;
        }

        return body.ToJsonString();
    }
}
