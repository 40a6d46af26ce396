namespace DigitalTwin.Aws;

/// <summary>
/// Keeps the settings out of Secrets Manager no older than <see cref="AwsSettings.SecretLifetime"/>: reads them again and hands the change
/// on to whoever holds <see cref="LiveSettings{T}"/>. What cannot be read, or is not good, leaves all as it was, with a warning in the
/// log, and is tried again soon: a twin does not go dark because Secrets Manager does.
/// </summary>
/// <remarks>One caller at a time. By the time of day, which goes on while a process is frozen.</remarks>
public sealed partial class SecretRefresh
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(30);

    /// <summary>An event or request does not wait longer for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SecretSettings secrets;
    private readonly SecretsManager manager;
    private readonly IReadOnlyList<ILiveSettings> live;
    private readonly TimeSpan lifetime;
    private readonly TimeProvider clock;
    private readonly ILogger<SecretRefresh> logger;
    private DateTimeOffset dueAt;

    internal SecretRefresh(
        SecretSettings secrets, SecretsManager manager, IEnumerable<ILiveSettings> live, AwsSettings settings, TimeProvider clock, ILogger<SecretRefresh> logger)
    {
        (this.secrets, this.manager, this.live, lifetime, this.clock, this.logger) = (secrets, manager, [.. live], settings.SecretLifetime, clock, logger);
        dueAt = clock.GetUtcNow() + lifetime;
    }

    /// <summary>Reads the secrets again if they are too old.</summary>
    public async ValueTask EnsureFreshAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() < dueAt)
        {
            return;
        }

        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await secrets.ReadAsync(manager, either.Token);
            dueAt = clock.GetUtcNow() + lifetime;
            foreach (var settings in live)
            {
                TakeOver(settings);
            }
        }
        catch (Exception e) when (e is BadSettingsException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            dueAt = clock.GetUtcNow() + TryAgainAfter;
            Log.NotRead(logger, e is BadSettingsException ? e.Message : "Secrets Manager does not answer.");
        }
    }

    private void TakeOver(ILiveSettings settings)
    {
        try
        {
            settings.ReadAgain();
        }
        catch (BadSettingsException e)
        {
            Log.NotTaken(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The secrets could not be read again; the last ones are used on. {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Warning, "A changed secret is not good; what was before is used on. {Reason}")]
        public static partial void NotTaken(ILogger logger, string reason);
    }
}
