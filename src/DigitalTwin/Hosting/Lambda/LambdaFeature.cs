using Microsoft.AspNetCore.Hosting.Server;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>The twin on AWS Lambda: one line in the list of hosting, and nothing anywhere else (docs/decisions/005).</summary>
internal static class LambdaFeature
{
    /// <summary>Does nothing outside of Lambda.</summary>
    public static void AddLambdaHosting(this WebApplicationBuilder builder)
    {
        if (!LambdaSettings.IsLambda(builder.Configuration))
        {
            return;
        }

        // Between events the process is frozen: jobs are run by events, not by timers.
        builder.Configuration["Twin:Jobs:Worker"] = "false";
        builder.Services.AddSettings(LambdaSettings.From(builder.Configuration), new LambdaSettingsValidator());
        builder.Services.AddSingleton<EventWork>();
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
            await api.FailStartAsync(ErrorReport.OfStart(exception, StartFailure.Explain(exception)), CancellationToken.None);
        }
        catch (RuntimeGoneException)
        {
            // Nobody is there to be told; the console has it.
        }
    }
}
