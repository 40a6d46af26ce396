using DigitalTwin.Engines;
using DigitalTwin.Persona;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DigitalTwin.Hosting;

/// <summary>Tells whoever started the twin where it is, what answers, and where the owner key lies.</summary>
internal sealed partial class StartupNotice(
    IServer server, IHostApplicationLifetime lifetime, PersonaStore personas, EngineSettings engines, HostingSettings settings, ILogger<StartupNotice> logger)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var name = (await personas.CurrentAsync(cancellationToken)).Profile.Name;
        lifetime.ApplicationStarted.Register(() =>
        {
            var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "no address";
            var keyFile = settings.DataPath is { } folder ? Path.Combine(folder, LocalSecrets.OwnerKeyFile) : null;
            Log.Serving(logger, name, address, address, string.Join(", then ", engines.Chain), File.Exists(keyFile) ? keyFile : "the setting Twin:Owner:Key");
        });
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "{Name} is at {Address} (API at {ApiAddress}/swagger)\n         Engine: {Engines}\n         Owner key: {OwnerKey}")]
        public static partial void Serving(ILogger logger, string name, string address, string apiAddress, string engines, string ownerKey);
    }
}
