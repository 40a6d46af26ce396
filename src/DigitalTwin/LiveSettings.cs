using FluentValidation;

namespace DigitalTwin;

/// <summary>Settings that hold secrets, which may change while the twin runs. Whoever needs a secret asks for it each time.</summary>
public sealed class LiveSettings<T>(Func<T> read, IValidator<T> validator) : ILiveSettings
    where T : class
{
    private T now = Checked(read, validator);

    /// <summary>As they are now, checked. One answer is whole: a change comes as another object.</summary>
    public T Now => Volatile.Read(ref now);

    void ILiveSettings.ReadAgain() => Volatile.Write(ref now, Checked(read, validator));

    private static T Checked(Func<T> read, IValidator<T> validator)
    {
        var settings = read();
        settings.Check(validator);
        return settings;
    }
}

/// <summary>For whoever changes what settings are read from.</summary>
public interface ILiveSettings
{
    /// <summary>Takes over what is set now. Throws <see cref="BadSettingsException"/>, and stays as it is, when that is not good.</summary>
    void ReadAgain();
}
