using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DigitalTwin.Tests.Testing;

internal sealed record LogLine(LogLevel Level, string Category, string Text);

/// <summary>Everything that anybody logs, down to Trace: messages, the values in them, scopes and exceptions.</summary>
internal sealed class CapturedLogs : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<LogLine> lines = new();
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public IReadOnlyList<LogLine> Lines => [.. lines];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logs.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var parts = new List<string> { formatter(state, exception), exception?.ToString() ?? "" };
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                parts.AddRange(values.Select(value => $"{value.Key}={value.Value}"));
            }

            logs.scopes.ForEachScope(
                static (scope, list) => list.Add(scope is IEnumerable<KeyValuePair<string, object?>> named ? string.Join(' ', named) : $"{scope}"), parts);
            logs.lines.Enqueue(new LogLine(logLevel, category, string.Join(" | ", parts)));
        }
    }
}
