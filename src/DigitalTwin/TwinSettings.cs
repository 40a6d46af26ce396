using FluentValidation;

namespace DigitalTwin;

/// <summary>Settings are read and checked before anything starts; secrets among them may change later (<see cref="LiveSettings{T}"/>).</summary>
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

    /// <summary>
    /// Registers checked settings as they are at the start, and with them <see cref="LiveSettings{T}"/>. Throws
    /// <see cref="BadSettingsException"/> naming each bad setting.
    /// </summary>
    public static T AddLiveSettings<T>(this IServiceCollection services, Func<T> read, IValidator<T> validator)
        where T : class
    {
        var live = new LiveSettings<T>(read, validator);
        services.AddSingleton(live);
        services.AddSingleton<ILiveSettings>(live);
        services.AddSingleton(live.Now);
        return live.Now;
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
