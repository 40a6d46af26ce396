using FluentValidation;

namespace DigitalTwin;

/// <summary>Settings are read and checked once, before anything starts.</summary>
public static class TwinSettings
{
    /// <summary>Registers checked settings. Throws <see cref="BadSettingsException"/> naming each bad setting.</summary>
    public static T AddSettings<T>(this IServiceCollection services, T settings, IValidator<T> validator)
        where T : class
    {
        settings.Check(validator);
        services.AddSingleton(settings);
        return settings;
    }

    /// <summary>Throws <see cref="BadSettingsException"/> naming each bad setting.</summary>
    public static void Check<T>(this T settings, IValidator<T> validator)
        where T : class
    {
        var result = validator.Validate(settings);
        if (!result.IsValid)
        {
            throw new BadSettingsException(string.Join(' ', result.Errors.Select(
                error => error.ErrorMessage.StartsWith("Twin:", StringComparison.Ordinal) ? error.ErrorMessage : $"{error.PropertyName}: {error.ErrorMessage}")));
        }
    }
}

/// <summary>A setting that the twin cannot start with; the message names it.</summary>
public sealed class BadSettingsException(string message) : Exception(message);
