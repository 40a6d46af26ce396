using FluentValidation;

namespace DigitalTwin.Storage;

/// <param name="DataPath"><c>Twin:DataPath</c>, made absolute against the content root; <c>data</c> by default.</param>
/// <param name="Provider"><c>Twin:Storage:Provider</c>; <c>Embedded</c> by default, and so far the only one.</param>
public sealed record StorageSettings(string DataPath, string Provider)
{
    public const string Embedded = "Embedded";

    public static StorageSettings From(IConfiguration configuration, string contentRoot) => new(
        Path.GetFullPath(configuration["Twin:DataPath"] is { Length: > 0 } path ? path : "data", contentRoot),
        configuration["Twin:Storage:Provider"] is { Length: > 0 } provider ? provider : Embedded);
}

internal sealed class StorageSettingsValidator : AbstractValidator<StorageSettings>
{
    public StorageSettingsValidator() =>
        RuleFor(settings => settings.Provider)
            .Equal(StorageSettings.Embedded, StringComparer.OrdinalIgnoreCase)
            .OverridePropertyName("Twin:Storage:Provider")
            .WithMessage("'{PropertyValue}' is no storage provider; Embedded is the one there is.");
}
