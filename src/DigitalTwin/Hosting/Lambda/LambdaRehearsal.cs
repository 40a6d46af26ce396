using System.Text.Json;
using DigitalTwin.Chat;
using DigitalTwin.Memory;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>
/// What the first event will need, gone through with a made-up one on the processor that the start leaves idle, so that the code for it
/// is compiled when it comes. It changes nothing and keeps nothing; the server asks for no event before it is over.
/// </summary>
internal sealed record LambdaRehearsal(Task Done)
{
    private static readonly byte[] Event = """
        {"version": "2.0", "rawPath": "/api/chat", "rawQueryString": "", "headers": {"content-type": "application/json", "host": "twin.example"},
         "requestContext": {"domainName": "twin.example", "http": {"method": "POST", "path": "/api/chat", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}},
         "body": "{}", "isBase64Encoded": false}
        """u8.ToArray();

    /// <summary>Begins at once; outside of Lambda there is nothing to do.</summary>
    public static LambdaRehearsal Begin() => new(LambdaSettings.IsLambdaProcess ? Task.Run(RunAsync) : Task.CompletedTask);

    private static async Task RunAsync()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        TwinJson.Configure(options);
        await AnswerRehearsal.RunAsync(options);

        using var json = JsonDocument.Parse(Event);
        var request = HttpEvent.Read(json.RootElement, new LambdaSettings { RuntimeApi = "" }, HostingFeature.MaxJsonBytes);
        AnswerJson.Whole(new LambdaResponse(request.Method, null));

        // Its signature loads the cryptography of the operating system.
        var settings = new LiveSettings<MemorySettings>(() => new MemorySettings { SigningKey = new('r', 32) });
        new VisitorCookie(settings, TimeProvider.System).Ensure(new DefaultHttpContext());
    }
}
