using DigitalTwin.Storage.Aws;

namespace DigitalTwin.Storage;

/// <summary>The command that makes the table and the bucket where no template does: for an emulator, or an account of one's own.</summary>
public static class StorageSetup
{
    /// <summary>
    /// Makes what is missing and says so, a line each; what is there stays as it is. Throws <see cref="BadSettingsException"/> for bad
    /// settings, <see cref="StorageUnavailableException"/> when AWS refuses, or when what is there cannot be used.
    /// </summary>
    public static async Task RunAsync(IConfiguration configuration, string contentRoot, TextWriter output)
    {
        var settings = StorageSettings.From(configuration, contentRoot);
        settings.Check();
        if (!settings.IsOnAws)
        {
            throw new BadSettingsException("Twin:Storage:Provider: it is Embedded, which needs no setup; Aws has a table and a bucket to make.");
        }

        await AwsStorage.SetUpAsync(settings, configuration, output);
    }
}
