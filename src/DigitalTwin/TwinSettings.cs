namespace DigitalTwin;

/// <summary>Settings are read and checked before anything starts; secrets among them may change later (<see cref="LiveSettings{T}"/>).</summary>
public static class TwinSettings
{
    /// <summary>Registers settings. Throws <see cref="BadSettingsException"/> naming each bad one.</summary>
    public static T AddSettings<T>(this IServiceCollection services, T settings)
        where T : class, ICheckedSettings
    {
        settings.Check();
        services.AddSingleton(settings);
        return settings;
    }

    /// <summary>
    /// Registers checked settings as they are at the start, and with them <see cref="LiveSettings{T}"/>. Throws
    /// <see cref="BadSettingsException"/> naming each bad setting.
    /// </summary>
    public static T AddLiveSettings<T>(this IServiceCollection services, Func<T> read)
        where T : class, ICheckedSettings
    {
        var live = new LiveSettings<T>(read);
        services.AddSingleton(live);
        services.AddSingleton<ILiveSettings>(live);
        services.AddSingleton(live.Now);
        return live.Now;
    }

    /// <summary>Throws <see cref="BadSettingsException"/> naming each bad setting.</summary>
    public static void Check(this ICheckedSettings settings)
    {
        var problems = string.Join(' ', settings.Problems());
        if (problems.Length > 0)
        {
            throw new BadSettingsException(problems);
        }
    }
}

/// <summary>
/// Settings that know what they must be. Plain code and no rules made of expressions, as requests have: those are compiled when they are
/// first met, and every cold start would wait for it (docs/decisions/009).
/// </summary>
public interface ICheckedSettings
{
    /// <summary>A sentence for each thing that is wrong, which names the setting; none when all is well.</summary>
    IEnumerable<string> Problems();
}

/// <summary>A setting that the twin cannot start with; the message names it.</summary>
public sealed class BadSettingsException(string message) : Exception(message);
