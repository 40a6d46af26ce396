using System.Globalization;
using System.Text;

namespace DigitalTwin.Tests.Testing;

/// <param name="HangUp">The framing is wrong, so that the server may wait for more than there is.</param>
internal sealed record GarbageRequest(string Method, byte[] Bytes, bool HangUp)
{
    /// <summary>Printable: what is no ASCII stands as <c>\xNN</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var value in Bytes.Take(2000))
        {
            text.Append(value is >= 32 and < 127 or (byte)'\n' ? ((char)value).ToString() : string.Create(CultureInfo.InvariantCulture, $"\\x{value:x2}"));
        }

        return text.Append(Bytes.Length > 2000 ? $" … {Bytes.Length} bytes" : "").ToString();
    }
}

/// <summary>Requests that nobody means well: valid ones with a few things wrong. The same seed makes the same requests.</summary>
internal sealed class GarbageRequests(int seed, IReadOnlyList<TwinRoute> routes, string host, string cookie, IReadOnlyList<string> ids)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "QUERY", "M-SEARCH"];

    private static readonly string[] Texts =
    [
        "", " ", "0", "-1", "1", "null", "true", "undefined", "NaN", "1e400", "9223372036854775808", "2147483648", "../../etc/passwd", "..\\..\\owner.key",
        "%2e%2e%2f%2e%2e%2fowner.key", "%00", "%ff%fe", "%zz", "%", "%u0041", "a%20b", "%F0%9F%98%80", "%ED%A0%80", "%C0%AF", "'; DROP TABLE turns;--",
        "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "%0d%0aSet-Cookie:%20a=b", "*", "?", "#", "&", "=", ";", "//", "\\", "~", "\"", "CON",
        "s-AAAAAAAAAAAAAAAAAAAAAA", "s-AAAAAAAAAAAAAAAAAAAAAA.1", "persona", "SESSION#x", "TURN#0000000001", "W/\"1\"", "\"1\", *", "1.2.3.4.5", "AAAA====",
    ];

    private static readonly string[] HeaderNames =
    [
        "Cookie", "Last-Event-ID", "If-Match", "If-None-Match", "If-Modified-Since", "Authorization", "Range", "Accept", "Accept-Encoding", "Accept-Language",
        "Content-Encoding", "Content-Language", "Origin", "Referer", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-HTTP-Method-Override",
        "X-Original-URL", "Forwarded", "Upgrade", "TE", "Expect", "Priority", "X-Amzn-Trace-Id", "Sec-Fetch-Site", "Proxy-Authorization", "Idempotency-Key",
    ];

    private static readonly string[] MediaTypes =
    [
        "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/json; charset=klingon", "application/json; charset=\"utf-8\"",
        "application/json; charset=", "application/json; charset=utf-7", "application/json, application/json", "json", "/", ";", "", "application/xml",
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"", "multipart/form-data; boundary=x; charset=utf-7",
        "multipart/form-data; boundary=" + "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    ];

    private static readonly string[] Bodies =
    [
        """{"message": "When were you born?"}""",
        """{"message": "And then?", "sessionId": "ID", "clientMessageId": "m-1", "agent": "twin"}""",
        """{"rating": "up", "comment": "Good."}""",
        """{"query": "When were you born?", "top": 5}""",
        """{"title": "Opening hours", "text": "We are open from 9 to 17 on weekdays.", "mediaType": "text/markdown"}""",
        """{"title": null, "text": "<html><p>Open <b>daily", "mediaType": "text/html"}""",
        """{"me": "I am Ada.", "profile": {"name": "Ada", "headline": "H", "greeting": "G", "suggestions": ["Q?"], "accent": "#2f5d50"}}""",
    ];

    private static readonly string[] Forms =
    [
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.md\"\r\nContent-Type: text/markdown\r\n\r\n# Title\n\nText here.\r\n--x--\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"title\"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nT\r\n--x\r\nContent-Disposition: form-data; name=f; filename*=UTF-8''%e2%82.txt\r\n\r\nText\r\n--x--\r\n",
        "--x\r\nContent-Disposition: attachment\r\n\r\nText\r\n--x--\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../a\0.txt\"\r\nContent-Transfer-Encoding: base64\r\n\r\nVGV4dA==\r\n--x--",
        "--x\r\n\r\n\r\n--x--\r\n",
        "--x\r\nContent-Disposition: form-data; name=\"_charset_\"\r\n\r\nutf-7\r\n--x--\r\n",
    ];

    private static readonly string[] Splices =
    [
        "null", "true", "-0", "1e999", "{}", "[]", "\"", "\\", "\\ud800", "\\u0000", ",", ":", "{", "}", "[", "]", "\0", "\r\n--x", "\r\n\r\n", "\"x\":1,", "/*", "NaN",
        "\uD83D\uDE00", "\u202E", "\uFEFF", "\u0000",
    ];

    private readonly Random random = new(seed);

    public GarbageRequest Next()
    {
        var route = Pick(routes);
        var method = Chance(85) ? route.Method : Pick(Methods);
        var headers = new List<string> { Chance(97) ? $"Host: {host}" : $"Host: {Text()}" };
        if (Chance(70))
        {
            headers.Add($"Cookie: twin={(Chance(80) ? cookie : Mutated(cookie))}");
        }

        if (route.Pattern.StartsWith("/api/owner", StringComparison.Ordinal) && Chance(90))
        {
            headers.Add($"Authorization: Bearer {TwinFixture.OwnerKey}");
        }

        for (var i = random.Next(4); i > 0; i--)
        {
            headers.Add($"{(Chance(95) ? Pick(HeaderNames) : HeaderText())}: {HeaderText()}");
        }

        var hangUp = false;
        byte[] body = [];
        if (method is "POST" or "PUT" or "PATCH" or "QUERY" || Chance(5))
        {
            (var mediaType, body) = Body(route);
            headers.Add($"Content-Type: {mediaType}");
            (hangUp, body) = Frame(headers, body);
        }

        var head = $"{method} {Target(route)} HTTP/1.1\n{string.Join('\n', headers)}";
        return new GarbageRequest(method, RawHttp.Request(head, body), hangUp);
    }

    private (string MediaType, byte[] Body) Body(TwinRoute route)
    {
        if (route.Pattern.EndsWith("/documents", StringComparison.Ordinal) && Chance(50))
        {
            return (Chance(85) ? "multipart/form-data; boundary=x" : Pick(MediaTypes), Mutate(Encoding.UTF8.GetBytes(Pick(Forms))));
        }

        var json = Pick(Bodies).Replace("ID", Pick(ids), StringComparison.Ordinal);
        var bytes = random.Next(12) switch
        {
            0 => RandomBytes(random.Next(2000)),
            1 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Pick(["[", "{\"a\":", "[{\"b\":["]), random.Next(5000)))),
            2 => Encoding.UTF8.GetBytes($"{{\"message\": \"{new string('a', random.Next(80_000))}\"}}"),
            3 => Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, random.Next(3000)).Select(i => $"\"k{i}\": {i}")) + "}"),
            4 or 5 => Encoding.UTF8.GetBytes(json),
            _ => Mutate(Encoding.UTF8.GetBytes(json)),
        };
        return (Chance(90) ? "application/json" : Pick(MediaTypes), bytes);
    }

    /// <summary>Says how long the body is; now and then falsely.</summary>
    private (bool HangUp, byte[] Body) Frame(List<string> headers, byte[] body)
    {
        switch (random.Next(40))
        {
            case 0:
                headers.Add($"Content-Length: {body.Length + 1 + random.Next(100_000)}");
                return (true, body);
            case 1:
                headers.Add($"Content-Length: {Text()}");
                return (true, body);
            case 2:
                headers.Add("Transfer-Encoding: " + Pick(["chunked, chunked", "gzip", "identity", "chunked, gzip", Text()]));
                return (true, body);
            case 3:
                headers.Add("Transfer-Encoding: chunked");
                return (true, [.. Encoding.ASCII.GetBytes(Pick(["-1", "ffffffffffffffff", "zz", "5;ext=1", ""]) + "\r\n"), .. body]);
            case 4:
                headers.Add($"Content-Length: {body.Length}\nTransfer-Encoding: chunked");
                return (true, body);
            case 5 or 6 or 7:
                headers.Add("Transfer-Encoding: chunked");
                return (false, Chunked(body));
            default:
                headers.Add($"Content-Length: {body.Length}");
                return (false, body);
        }
    }

    private byte[] Chunked(byte[] body)
    {
        var chunks = new MemoryStream();
        for (var start = 0; start < body.Length;)
        {
            var length = Math.Min(body.Length - start, 1 + random.Next(4000));
            chunks.Write(Encoding.ASCII.GetBytes($"{length:x}\r\n"));
            chunks.Write(body, start, length);
            chunks.Write("\r\n"u8);
            start += length;
        }

        chunks.Write("0\r\n\r\n"u8);
        return chunks.ToArray();
    }

    private string Target(TwinRoute route)
    {
        var path = string.Join('/', route.Pattern.Split('/').Select(part => part.StartsWith('{') ? Parameter() : part));
        path = random.Next(25) switch
        {
            0 => path + "/" + Escaped(Text()),
            1 => path.Replace("/", "//", StringComparison.Ordinal),
            2 => path.ToUpperInvariant(),
            3 => "/" + Escaped(Text()) + path,
            4 => path + new string('a', random.Next(9000)),
            5 => path.Replace("/api", "/api/../api/.", StringComparison.Ordinal),
            6 => path.Replace("a", "%61", StringComparison.Ordinal),
            7 => $"http://{host}{path}",
            8 => "/swagger/" + Escaped(Text()),
            _ => path,
        };
        if (Chance(30))
        {
            path += "?" + string.Join('&', Enumerable.Range(0, 1 + random.Next(4)).Select(_ => $"{Pick(["limit", "cursor", "LIMIT", "x", ""])}={Escaped(Text())}"));
        }

        return path;
    }

    private string Parameter() => Chance(50) ? Pick(ids) : Chance(30) ? Escaped(Mutated(Pick(ids))) : Escaped(Text());

    private string Text() => Chance(5) ? new string((char)('a' + random.Next(26)), random.Next(6000)) : Pick(Texts);

    /// <summary>Without line ends, which would be other headers; with bytes beyond ASCII now and then.</summary>
    private string HeaderText() => Chance(10) ? Encoding.Latin1.GetString(RandomBytes(20)).Replace('\n', 'n').Replace('\r', 'r') : Text();

    /// <summary>Keeps the request line in one piece; what is escaped already stays so.</summary>
    private static string Escaped(string text) => string.Concat(text.Select(c => c is > ' ' and < '\x7f' and not ('#' or '?') ? c.ToString() : Uri.HexEscape((char)(c & 0xff))));

    private string Mutated(string text) => Encoding.Latin1.GetString(Mutate(Encoding.Latin1.GetBytes(text))).Replace('\n', 'n').Replace('\r', 'r');

    private byte[] Mutate(byte[] valid)
    {
        var bytes = valid.ToList();
        for (var i = 1 + random.Next(4); i > 0; i--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(bytes.Count - at, random.Next(12));
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.InsertRange(at, RandomBytes(random.Next(6)));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pick(Splices)));
                    break;
            }
        }

        return [.. bytes];
    }

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
