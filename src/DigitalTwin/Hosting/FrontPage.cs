namespace DigitalTwin.Hosting;

/// <summary>What a browser gets at <c>/</c>: where the API is.</summary>
internal static class FrontPage
{
    public const string Html =
        """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>DigitalTwin</title></head>
        <body>
        <h1>DigitalTwin</h1>
        <p>The twin is running. Talk to it over HTTP:</p>
        <ul>
        <li><a href="/swagger">/swagger</a>: every route, to read and to try</li>
        <li><code>POST /api/chat</code> with <code>{"message": "Who are you?"}</code></li>
        <li><a href="/api/persona">/api/persona</a>: who the twin is</li>
        </ul>
        </body>
        </html>
        """;
}
