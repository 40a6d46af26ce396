using System.Globalization;
using DigitalTwin.Hosting.Pages;
using Serilog;
using Serilog.Events;

namespace DigitalTwin.Hosting;

public static class HostingFeature
{
    private const string DefaultAddress = "http://localhost:5080";
    private const int MaxJsonBytes = 64 * 1024;

    public static void AddHosting(this WebApplicationBuilder builder)
    {
        var settings = HostingSettings.From(builder.Configuration, builder.Environment.ContentRootPath);
        builder.Services.AddSettings(settings, new HostingSettingsValidator());
        builder.Configuration.AddLocalSecrets(settings.DataPath);
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
        builder.Services.AddHostedService<StartupNotice>();
        builder.AddPages();
        builder.Services.AddTwinSwagger();
    }

    /// <summary>What every request passes before its route.</summary>
    public static void UseHosting(this WebApplication app)
    {
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<ResponseHeaders>();
        app.UseMiddleware<ProblemResponses>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseTwinSwagger();
        app.MapHealth();
        app.MapPages();
    }

    private static void AddTwinLogging(this WebApplicationBuilder builder)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(Enum.TryParse<LogEventLevel>(builder.Configuration["Twin:LogLevel"], ignoreCase: true, out var level) ? level : LogEventLevel.Information)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("DigitalTwin.Owner.OwnerKeyHandler", LogEventLevel.Warning)
            .Filter.ByExcluding(StartFailure.IsSaidElsewhere)
            .WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", formatProvider: CultureInfo.InvariantCulture)
            .CreateLogger();
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(logger, dispose: true);
    }
}
