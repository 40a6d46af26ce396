// Violations for the layering test to find: they pretend to be the persona's, and reach for memory.
using DigitalTwin.Memory;

#pragma warning disable IDE0130 // The namespace is what these types are about.
#pragma warning disable CA1812, CA1823, CA1852, CS0169, CA1822 // Nobody uses them.
#pragma warning disable RS0030
namespace DigitalTwin.Persona.MadeUp;

internal sealed class InAField
{
    private readonly LiveTurns? field;
}

internal sealed class InASignature
{
    public static void Take(LiveTurns[] turns) => ArgumentNullException.ThrowIfNull(turns);
}

internal sealed class InABody
{
    public static bool Ask() => new LiveTurns().IsLive(default);
}

internal sealed class InALambda
{
    public static Func<bool> Ask(TurnId id) => () => new LiveTurns().IsLive(id);
}

internal sealed class InAStateMachine
{
    public static async Task<bool> AskAsync()
    {
        await Task.Yield();
        return new LiveTurns().IsLive(default);
    }
}

internal sealed class InAnIterator
{
    public static IEnumerable<bool> Ask()
    {
        yield return new LiveTurns().IsLive(default);
    }
}

[System.Diagnostics.DebuggerTypeProxy(typeof(LiveTurns))]
internal sealed class InAnAttribute;

internal sealed class AsAGenericArgument
{
    public static Type Ask() => typeof(Dictionary<string, List<LiveTurns>>);
}

internal sealed class FileAndClock
{
    public static Func<DateTime> Ask() => () => File.Exists("") ? DateTime.UtcNow : default;
}
