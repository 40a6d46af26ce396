using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>An event of a turn's stream, or a comment between two, as it arrived.</summary>
internal sealed record ServerEvent(string? Id, string Data, string? Comment = null)
{
    public const string Done = "[DONE]";

    public string Type => Comment is not null ? $": {Comment}" : Data == Done ? Done : Json.Text("type");

    public JsonObject Json => JsonNode.Parse(Data)!.AsObject();

    /// <summary>The text that a <c>text-delta</c> adds, empty for every other event.</summary>
    public string Delta => Type == "text-delta" ? Json.Text("delta") : "";
}

/// <summary>Reads a turn's server-sent events one by one, as they arrive.</summary>
internal sealed class TurnReader : IDisposable
{
    private readonly HttpResponseMessage response;
    private readonly StreamReader lines;
    private readonly StringBuilder raw = new();

    private TurnReader(HttpResponseMessage response, Stream body) => (this.response, lines) = (response, new StreamReader(body, Encoding.UTF8));

    public HttpResponseMessage Response => response;

    /// <summary>Everything read so far, as it came over the wire.</summary>
    public string Transcript => raw.ToString();

    public static async Task<TurnReader> OpenAsync(HttpClient client, HttpRequestMessage request)
    {
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new TurnReader(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next event or comment; null at the stream's end.</summary>
    public Task<ServerEvent?> NextAsync() => ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Reads up to the next event of this type.</summary>
    public async Task<ServerEvent> NextAsync(string type)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Type == type)
            {
                return next;
            }
        }

        throw new InvalidOperationException($"The stream ended without '{type}':\n{Transcript}");
    }

    /// <summary>The events up to the stream's end.</summary>
    public async Task<IReadOnlyList<ServerEvent>> RestAsync()
    {
        var events = new List<ServerEvent>();
        while (await NextAsync() is { } next)
        {
            events.Add(next);
        }

        return events;
    }

    /// <summary>Drops the connection in the middle, as a phone in a tunnel does; nothing is drained and nothing said.</summary>
    public async Task CutAsync()
    {
        using var cut = new CancellationTokenSource();
        var pending = ReadOnAsync(cut.Token);
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        Dispose();
    }

    public void Dispose()
    {
        lines.Dispose();
        response.Dispose();
    }

    private async Task<ServerEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        string? id = null, data = null, comment = null;
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            raw.Append(line).Append('\n');
            if (line.Length == 0 && (data ?? comment) is not null)
            {
                return new ServerEvent(id, data ?? "", comment);
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var value = colon < 0 ? "" : line[(colon + 1)..].TrimStart(' ');
            switch (colon < 0 ? line : line[..colon])
            {
                case "id":
                    id = value;
                    break;
                case "data":
                    data = data is null ? value : $"{data}\n{value}";
                    break;
                case "":
                    comment = value;
                    break;
                default:
                    Assert.Fail($"A line that is no field of ours: {line}");
                    break;
            }
        }

        return null;
    }

    private async Task ReadOnAsync(CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is not null)
        {
        }
    }
}

/// <summary>What a streaming chat client does, in one line each.</summary>
internal static class TurnReaderExtensions
{
    public static Task<TurnReader> StreamAsync(this HttpClient client, string message, string? sessionId = null, string? clientMessageId = null) =>
        TurnReader.OpenAsync(client, new HttpRequestMessage(HttpMethod.Post, new Uri("/api/chat/stream", UriKind.Relative))
        {
            Content = new StringContent(ChatClientExtensions.Body(message, sessionId, clientMessageId), Encoding.UTF8, "application/json"),
        });

    public static Task<TurnReader> ResumeAsync(this HttpClient client, string turnId, string? lastEventId = null) =>
        TurnReader.OpenAsync(client, ResumeRequest(turnId, lastEventId));

    public static HttpRequestMessage ResumeRequest(string turnId, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/api/chat/turns/{turnId}/stream", UriKind.Relative));
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return request;
    }

    public static async Task<HttpStatusCode> StopAsync(this HttpClient client, string turnId)
    {
        using var response = await client.PostAsync(
            new Uri($"/api/chat/turns/{turnId}/stop", UriKind.Relative), null, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    public static string Text(this IEnumerable<ServerEvent> events) => string.Concat(events.Select(e => e.Delta));
}
