using DigitalTwin.Storage.Aws;
using DigitalTwin.Storage.Embedded;
using DigitalTwin.Storage.Embedded.Objects;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DigitalTwin.Storage;

public static class StorageFeature
{
    /// <summary>
    /// Registers <see cref="ITable"/> and <see cref="IObjectStore"/>. A data folder is opened when the host starts, so that one that
    /// cannot be used stops the start. Throws <see cref="BadSettingsException"/> for settings that cannot be met.
    /// </summary>
    public static void AddStorage(this IServiceCollection services, IConfiguration configuration, string contentRoot)
    {
        var settings = services.AddSettings(StorageSettings.From(configuration, contentRoot));
        services.TryAddSingleton(TimeProvider.System);
        if (settings.IsOnAws)
        {
            services.AddAwsStorage(settings, configuration);
        }
        else
        {
            services.AddEmbeddedStorage(settings);
        }
    }

    private static void AddEmbeddedStorage(this IServiceCollection services, StorageSettings settings)
    {
        services.AddSingleton<ITable>(provider => EmbeddedTable.Open(
            new EmbeddedTableOptions { Folder = Path.Combine(settings.DataPath, "table") },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EmbeddedTable>>()));
        services.AddSingleton<IObjectStore>(provider =>
        {
            // The table's lock keeps other processes off the objects as well, so it comes first.
            _ = provider.GetRequiredService<ITable>();
            return FileObjectStore.Open(Path.Combine(settings.DataPath, "objects"), provider.GetRequiredService<TimeProvider>());
        });
        services.AddHostedService<EmbeddedStart>();
    }

    /// <summary>Opens the stores by asking for them.</summary>
    private sealed class EmbeddedStart(ITable table, IObjectStore objects) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(table);
            ArgumentNullException.ThrowIfNull(objects);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
