using System.Buffers.Text;
using System.Security.Cryptography;

namespace DigitalTwin.Hosting;

/// <summary>
/// The secrets of a twin on one machine: made at the first start, kept in the data folder with mode 0600, and read as settings of
/// the lowest rank, so that a configured key wins.
/// </summary>
internal static class LocalSecrets
{
    public const string OwnerKeyFile = "owner.key";
    private const string SigningKeyFile = "signing.key";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Adds the secrets that the configuration lacks. Throws <see cref="BadSettingsException"/> when the folder cannot be used.</summary>
    public static void AddLocalSecrets(this ConfigurationManager configuration, string dataPath)
    {
        var secrets = new Dictionary<string, string?>();
        foreach (var (setting, file) in new[] { ("Twin:Owner:Key", OwnerKeyFile), ("Twin:Signing:Key", SigningKeyFile) })
        {
            if (string.IsNullOrEmpty(configuration[setting]))
            {
                secrets[setting] = ReadOrCreate(dataPath, file);
            }
        }

        configuration.AddInMemoryCollection(secrets);
    }

    private static string ReadOrCreate(string dataPath, string file)
    {
        var path = Path.Combine(dataPath, file);
        try
        {
            CreateFolder(dataPath);
            if (!File.Exists(path))
            {
                WriteNew(path, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));
            }

            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadSettingsException($"Twin:DataPath: {path} cannot be read or written: {e.Message}");
        }
    }

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnlyFolder);
        }
    }

    /// <summary>Under another name first: a start that is cut off here must not leave half a key.</summary>
    private static void WriteNew(string path, string secret)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        var temporary = path + ".new";
        using (var writer = new StreamWriter(temporary, options))
        {
            writer.WriteLine(secret);
        }

        File.Move(temporary, path, overwrite: false);
    }
}
