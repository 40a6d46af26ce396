namespace DigitalTwin;

/// <summary>Settings that hold secrets, which may change while the twin runs. Whoever needs a secret asks for it each time.</summary>
public sealed class LiveSettings<T>(Func<T> read) : ILiveSettings
    where T : class, ICheckedSettings
{
    private T now = Checked(read);

    /// <summary>As they are now, checked. One answer is whole: a change comes as another object.</summary>
    public T Now => Volatile.Read(ref now);

    void ILiveSettings.ReadAgain() => Volatile.Write(ref now, Checked(read));

    private static T Checked(Func<T> read)
    {
        var settings = read();
        settings.Check();
        return settings;
    }
}

/// <summary>For whoever changes what settings are read from.</summary>
public interface ILiveSettings
{
    /// <summary>Takes over what is set now. Throws <see cref="BadSettingsException"/>, and stays as it is, when that is not good.</summary>
    void ReadAgain();
}
