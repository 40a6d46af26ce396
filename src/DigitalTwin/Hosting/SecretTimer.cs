using DigitalTwin.Aws;

namespace DigitalTwin.Hosting;

/// <summary>Keeps the secrets fresh in a process that is never frozen; on Lambda the events do.</summary>
internal sealed class SecretTimer(SecretRefresh secrets, AwsSettings settings, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(settings.SecretLifetime, clock, stoppingToken);
            await secrets.EnsureFreshAsync(stoppingToken);
        }
    }
}
