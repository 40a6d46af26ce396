using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>One server with routes that say what arrived, shared by the tests of a class.</summary>
public sealed class EchoHost : IAsyncLifetime
{
    public const string OriginSecret = "the-origin-secret-of-the-tests-1";
    public const string NextOriginSecret = "the-origin-secret-of-the-tests-2";

    private LambdaHost host = null!;

    internal Task<LambdaAnswer> AnswerAsync(string eventJson) => host.AnswerAsync(eventJson);

    public async ValueTask InitializeAsync() => host = await LambdaHost.StartAsync(
        routes: Map, settings: [("Twin:Lambda:OriginVerify", $"{OriginSecret}, {NextOriginSecret}")]);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static void Map(WebApplication app)
    {
        app.Map("/test/echo/{**rest}", EchoAsync);
        app.MapPost("/test/bytes", CopyAsync).WithMetadata(new DisableRequestSizeLimitAttribute());
        app.MapGet("/test/long/{bytes}", (int bytes) => Results.Text(new string('x', bytes)));
        app.MapGet("/test/cookies", (HttpContext context) =>
        {
            context.Response.Cookies.Append("one", "1");
            context.Response.Cookies.Append("two", "2");
            context.Response.Headers.Append("X-Many", new(["a", "b"]));
            return Results.Text("Grüße");
        });
    }

    private static async Task EchoAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new StreamReader(request.Body);
        await context.Response.WriteAsync(new JsonObject
        {
            ["method"] = request.Method,
            ["path"] = request.Path.Value,
            ["isHttps"] = request.IsHttps,
            ["host"] = request.Host.Value,
            ["address"] = context.Connection.RemoteIpAddress?.ToString(),
            ["proof"] = request.Headers.ContainsKey("X-Origin-Verify"),
            ["query"] = new JsonObject(request.Query.Select(q => KeyValuePair.Create<string, JsonNode?>(q.Key, string.Join('|', q.Value.AsEnumerable())))),
            ["cookies"] = new JsonObject(request.Cookies.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Key, c.Value))),
            ["accept"] = request.Headers.Accept.ToString(),
            ["body"] = await body.ReadToEndAsync(),
        }.ToJsonString());
    }

    private static async Task CopyAsync(HttpContext context)
    {
        context.Response.ContentType = context.Request.Query["type"].ToString();
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }
}
