using DigitalTwin.Storage;

namespace DigitalTwin.Hosting;

/// <summary>Where things are on this machine.</summary>
/// <param name="DataPath">As <see cref="StorageSettings"/> reads it; the local secrets lie there too. Null on AWS, where nothing is kept on a machine.</param>
/// <param name="SeedPath"><c>Twin:Persona:SeedPath</c>; the sample persona by default.</param>
public sealed record HostingSettings(string? DataPath, string SeedPath) : ICheckedSettings
{
    public static HostingSettings From(IConfiguration configuration, string contentRoot) => new(
        StorageSettings.From(configuration, contentRoot) is { IsOnAws: false } storage ? storage.DataPath : null,
        configuration["Twin:Persona:SeedPath"] is { Length: > 0 } seed
            ? Path.GetFullPath(seed, contentRoot)
            : Path.Combine(AppContext.BaseDirectory, "seed"));

    public IEnumerable<string> Problems()
    {
        if (!Directory.Exists(SeedPath))
        {
            yield return $"Twin:Persona:SeedPath: there is no folder {SeedPath}.";
        }
    }
}
