namespace DigitalTwin.Hosting;

/// <summary>One line a request at Debug: method, route pattern, status, duration. Never a body, a query or an id.</summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> logger, TimeProvider clock)
{
    public Task InvokeAsync(HttpContext context) => logger.IsEnabled(LogLevel.Debug) ? LoggedAsync(context) : next(context);

    private async Task LoggedAsync(HttpContext context)
    {
        var start = clock.GetTimestamp();
        await next(context);
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route";
        Log.Served(logger, context.Request.Method, route, context.Response.StatusCode, clock.GetElapsedTime(start).TotalMilliseconds);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Method} {Route} {Status} in {Milliseconds:0.0} ms")]
        public static partial void Served(ILogger logger, string method, string route, int status, double milliseconds);
    }
}
