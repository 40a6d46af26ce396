using DigitalTwin.Aws;

namespace DigitalTwin.Hosting;

/// <summary>Keeps the secrets fresh in a process that is never frozen; on Lambda the events do.</summary>
internal sealed class SecretTimer(SecretRefresh secrets, AwsSettings settings, TimeProvider clock) : BackgroundService
{
    /// <summary>Looks often, so that what could not be read is tried again soon; nothing is called before it is due.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = settings.SecretLifetime < LongestPause ? settings.SecretLifetime : LongestPause;
        while (true)
        {
            await Task.Delay(pause, clock, stoppingToken);
            await secrets.EnsureFreshAsync(stoppingToken);
        }
    }
}
