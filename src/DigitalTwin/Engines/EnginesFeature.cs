using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DigitalTwin.Engines;

public static class EnginesFeature
{
    /// <summary>
    /// Registers the chain as <see cref="IChatClient"/>. An engine is a keyed <see cref="IChatClient"/> under its name; the one named
    /// <c>extractive</c> is registered elsewhere. Bad settings stop the start.
    /// </summary>
    public static IServiceCollection AddEngines(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<EngineSettings>, EngineSettingsValidator>();
        services.AddOptions<EngineSettings>().Configure(settings => settings.Read(configuration)).ValidateOnStart();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<EngineMetrics>();
        services.AddKeyedSingleton<IChatClient>(EngineSettings.OpenAIEngine, (provider, _) =>
            new OpenAiChatClient(Settings(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IChatClient>(provider => new FailoverChatClient(
            Settings(provider).Chain.Select(name => new ChatEngine(name, provider.GetRequiredKeyedService<IChatClient>(name))),
            Settings(provider),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<EngineMetrics>(),
            provider.GetRequiredService<ILogger<FailoverChatClient>>()));
        return services;
    }

    private static EngineSettings Settings(IServiceProvider provider) => provider.GetRequiredService<IOptions<EngineSettings>>().Value;
}
