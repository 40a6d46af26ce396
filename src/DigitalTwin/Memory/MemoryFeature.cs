namespace DigitalTwin.Memory;

public static class MemoryFeature
{
    public static void AddMemory(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings(MemorySettings.From(configuration), new MemorySettingsValidator());
        services.AddSingleton<LiveTurns>();
        services.AddSingleton<TurnLeases>();
        services.AddSingleton<VisitorCookie>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<VisitorMemory>();
    }
}
