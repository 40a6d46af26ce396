using DigitalTwin.Jobs;

namespace DigitalTwin.Memory;

public static class MemoryFeature
{
    public static void AddMemory(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddLiveSettings(() => MemorySettings.From(configuration));
        services.AddSingleton<LiveTurns>();
        services.AddSingleton<TurnLeases>();
        services.AddSingleton<VisitorCookie>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<TranscriptStore>();
        services.AddJobHandler<TranscriptJob>(TranscriptJob.Kind);
        services.AddSingleton<VisitorMemory>();
    }
}
