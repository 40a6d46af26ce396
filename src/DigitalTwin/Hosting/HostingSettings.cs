using FluentValidation;

namespace DigitalTwin.Hosting;

/// <summary>Where things are on this machine.</summary>
/// <param name="DataPath"><c>Twin:DataPath</c>, made absolute against the content root; <c>data</c> by default.</param>
/// <param name="SeedPath"><c>Twin:Persona:SeedPath</c>; the sample persona by default.</param>
public sealed record HostingSettings(string DataPath, string SeedPath)
{
    public static HostingSettings From(IConfiguration configuration, string contentRoot) => new(
        Path.GetFullPath(configuration["Twin:DataPath"] ?? "data", contentRoot),
        configuration["Twin:Persona:SeedPath"] is { Length: > 0 } seed
            ? Path.GetFullPath(seed, contentRoot)
            : Path.Combine(AppContext.BaseDirectory, "seed"));
}

internal sealed class HostingSettingsValidator : AbstractValidator<HostingSettings>
{
    public HostingSettingsValidator() =>
        RuleFor(s => s.SeedPath).Must(Directory.Exists).WithMessage(s => $"there is no folder {s.SeedPath}.")
            .OverridePropertyName("Twin:Persona:SeedPath");
}
