using System.Runtime.ExceptionServices;
using DigitalTwin.Hosting.Lambda;
using DigitalTwin.Storage;
using Microsoft.AspNetCore.Connections;
using Serilog.Events;

namespace DigitalTwin.Hosting;

/// <summary>Tells what the one who starts the twin can put right from what only a programmer can.</summary>
internal static class StartFailure
{
    /// <summary>Says why the twin cannot start, and returns the process's exit code; throws what only a programmer can put right.</summary>
    public static async Task<int> EndAsync(Exception exception)
    {
        await LambdaFeature.ReportFailedStartAsync(exception);
        var reason = Explain(exception);
        if (reason is null)
        {
            ExceptionDispatchInfo.Throw(exception);
        }

        await Console.Error.WriteLineAsync(reason);
        return 1;
    }

    /// <summary>One line to show instead of the exception; null when the exception is a bug and should be seen whole.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        BadSettingsException or StorageUnavailableException or StorageCorruptException => Line(exception.Message),
        IOException { InnerException: AddressInUseException } => Line($"{exception.Message} Set ASPNETCORE_URLS to another address."),
        InvalidOperationException when exception.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal) => Line(exception.Message),
        _ => null,
    };

    /// <summary>The host logs a failed start with its stack before it throws; what can be explained needs to be said once only.</summary>
    public static bool IsSaidElsewhere(LogEvent logged) =>
        logged.Exception is { } exception
        && Explain(exception) is not null
        && logged.Properties.TryGetValue("SourceContext", out var source)
        && source is ScalarValue { Value: "Microsoft.Extensions.Hosting.Internal.Host" };

    private static string Line(string message) => "The twin cannot start. " + message.ReplaceLineEndings(" ");
}
