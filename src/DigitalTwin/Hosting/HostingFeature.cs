using System.Globalization;
using DigitalTwin.Aws;
using DigitalTwin.Hosting.Lambda;
using DigitalTwin.Hosting.Pages;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Json;

namespace DigitalTwin.Hosting;

public static class HostingFeature
{
    private const string DefaultAddress = "http://localhost:5080";

    /// <summary>What a body may have where its route says nothing else.</summary>
    internal const int MaxJsonBytes = 64 * 1024;

    public static void AddHosting(this WebApplicationBuilder builder)
    {
        var settings = HostingSettings.From(builder.Configuration, builder.Environment.ContentRootPath);
        builder.Services.AddSettings(settings);
        if (settings.DataPath is { } folder)
        {
            builder.Configuration.AddLocalSecrets(folder);
        }

        builder.AddTwinLogging();
        if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxJsonBytes;
        });
        builder.Services.ConfigureHttpJsonOptions(json => TwinJson.Configure(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<TwinStartup>();
        builder.AddPages();
        builder.AddLambdaHosting();

        // Nobody reads them on Lambda, and every cold start would pay for them.
        if (!LambdaSettings.IsLambda(builder.Configuration))
        {
            builder.Services.AddHostedService<StartupNotice>();
            if (AwsSettings.From(builder.Configuration).NamesSecrets)
            {
                builder.Services.AddHostedService<SecretTimer>();
            }

            builder.Services.AddTwinSwagger();
        }
    }

    /// <summary>What every request passes before its route.</summary>
    public static void UseHosting(this WebApplication app)
    {
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<ResponseHeaders>();
        app.UseMiddleware<ProblemResponses>();
        app.UseAuthentication();
        app.UseAuthorization();
        if (!LambdaSettings.IsLambda(app.Configuration))
        {
            app.UseTwinSwagger();
        }

        app.MapHealth();
        app.MapPages();
    }

    private static void AddTwinLogging(this WebApplicationBuilder builder)
    {
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Is(builder.Configuration.GetValue("Twin:LogLevel", LogEventLevel.Information))
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("DigitalTwin.Owner.OwnerKeyHandler", LogEventLevel.Warning)
            .Filter.ByExcluding(StartFailure.IsSaidElsewhere);

        // CloudWatch makes an entry of each line, and finds entries by their members.
        var logger = LambdaSettings.IsLambda(builder.Configuration)
            ? configuration.WriteTo.Console(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture))
            : configuration.WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", formatProvider: CultureInfo.InvariantCulture);
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(logger.CreateLogger(), dispose: true);
    }
}
