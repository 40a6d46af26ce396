using DigitalTwin.Engines;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>The twin on AWS Lambda: one line in the list of hosting, and nothing anywhere else (docs/decisions/009).</summary>
internal static class LambdaFeature
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Does nothing outside of Lambda.</summary>
    public static void AddLambdaHosting(this WebApplicationBuilder builder)
    {
        if (!LambdaSettings.IsLambda(builder.Configuration))
        {
            return;
        }

        // Between events the process is frozen: jobs are run by events, not by timers.
        builder.Configuration["Twin:Jobs:Worker"] = "false";
        var settings = builder.Services.AddLiveSettings(() => LambdaSettings.From(builder.Configuration));
        builder.Services.AddSingleton<EventWork>();
        builder.Services.AddSingleton<IQueueWork, JobWork>();
        builder.Services.AddSingleton<IScheduledWork, JobWork>();
        if (settings.RotatedSecretId is not null)
        {
            builder.Services.AddSingleton<ISecretRotation, SigningKeyRotation>();
        }

        if (EngineSettings.From(builder.Configuration).AsksModel)
        {
            builder.Services.AddSingleton<ModelMetrics>();
        }

        // The twin has begun it before there was a builder.
        builder.Services.TryAddSingleton(_ => LambdaRehearsal.Begin());
        builder.Services.AddSingleton<IServer, LambdaServer>();
    }

    /// <summary>Lets Lambda know why there is no twin; does nothing outside of Lambda.</summary>
    public static async Task ReportFailedStartAsync(Exception exception)
    {
        var settings = LambdaSettings.From(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        if (settings.RuntimeApi.Length == 0)
        {
            return;
        }

        try
        {
            using var api = new RuntimeApi(settings.RuntimeApi);
            using var patience = new CancellationTokenSource(Patience);
            await api.FailStartAsync(ErrorReport.OfStart(exception, StartFailure.Explain(exception)), patience.Token);
        }
        catch (Exception e) when (e is RuntimeGoneException or OperationCanceledException)
        {
            // Nobody listens; the console has it.
        }
    }
}
