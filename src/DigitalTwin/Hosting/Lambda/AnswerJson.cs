using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>An HTTP response as the gateway takes it, payload format 2.0: whole, or the prelude of a streamed one.</summary>
internal static class AnswerJson
{
    /// <summary>Lambda takes no longer answer (6 MB); the streamed ones are not bound by it.</summary>
    public const int MostBytes = 6 * 1024 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly byte[] EndOfPrelude = new byte[8];

    public static ReadOnlyMemory<byte> Whole(LambdaResponse response)
    {
        var content = response.Content;
        var bytes = new ArrayBufferWriter<byte>(content.Length + 1024);
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            WriteHead(json, response);
            var isText = content.IsEmpty || (IsText(response.Headers) && Utf8.IsValid(content.Span));
            json.WriteBoolean("isBase64Encoded", !isText);
            if (isText)
            {
                json.WriteString("body", content.Span);
            }
            else
            {
                json.WriteBase64String("body", content.Span);
            }

            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    /// <summary>Status and headers, then eight zero bytes; the body follows as it is.</summary>
    public static ReadOnlyMemory<byte> Prelude(LambdaResponse response)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            WriteHead(json, response);
            json.WriteEndObject();
        }

        bytes.Write(EndOfPrelude);
        return bytes.WrittenMemory;
    }

    /// <summary>An answer of the server's own, where the application has none that can be sent.</summary>
    public static ReadOnlyMemory<byte> Problem(TwinProblem problem)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("statusCode", problem.Body.Status);
            json.WriteStartObject("headers");
            json.WriteString("Content-Type", "application/problem+json");
            json.WriteString("Cache-Control", "no-store");
            json.WriteEndObject();
            json.WriteBoolean("isBase64Encoded", false);
            json.WriteString("body", JsonSerializer.SerializeToUtf8Bytes(problem.Body, ProblemJson.Readable.ProblemBody));
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }

    private static void WriteHead(Utf8JsonWriter json, LambdaResponse response)
    {
        json.WriteNumber("statusCode", response.StatusCode);
        json.WriteStartObject("headers");
        foreach (var (name, values) in response.Headers)
        {
            // The gateway counts the body itself.
            if (!name.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase) && !name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase))
            {
                json.WriteString(name, string.Join(", ", values.AsEnumerable()));
            }
        }

        json.WriteEndObject();
        if (response.Headers.SetCookie.Count > 0)
        {
            json.WriteStartArray("cookies");
            foreach (var cookie in response.Headers.SetCookie)
            {
                json.WriteStringValue(cookie);
            }

            json.WriteEndArray();
        }
    }

    private static bool IsText(IHeaderDictionary headers)
    {
        if (headers.ContentEncoding.Count > 0 || !MediaTypeHeaderValue.TryParse(headers.ContentType.ToString(), out var type))
        {
            return false;
        }

        return type.Type.Equals("text", StringComparison.OrdinalIgnoreCase)
            || type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase)
            || type.SubType.Equals("javascript", StringComparison.OrdinalIgnoreCase)
            || type.SubType.Equals("xml", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("xml", StringComparison.OrdinalIgnoreCase);
    }
}
