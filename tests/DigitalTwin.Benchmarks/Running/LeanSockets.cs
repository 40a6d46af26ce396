namespace DigitalTwin.Benchmarks.Running;

/// <summary>
/// Lets the one thread that waits for the driver's sockets handle what arrives on them itself, without the thread pool in between: the
/// driver shares its cores with the server that it measures.
/// </summary>
internal static class LeanSockets
{
    private const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
    private const string Threads = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Before the first use of a socket, when the runtime reads these.</summary>
    public static void Configure()
    {
        Environment.SetEnvironmentVariable(Inline, "1");
        Environment.SetEnvironmentVariable(Threads, "1");
    }

    public static void Forget(IDictionary<string, string?> environment)
    {
        environment.Remove(Inline);
        environment.Remove(Threads);
    }
}
