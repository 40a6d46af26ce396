using FluentValidation;

namespace DigitalTwin.Chat;

public static class ChatFeature
{
    public static void AddChat(this IServiceCollection services)
    {
        services.AddSingleton<Grounder>();
        services.AddSingleton<AnswerPipeline>();
        services.AddSingleton<TurnStarter>();
        services.AddSingleton<TurnFollower>();
        services.AddSingleton<PersonaPassages>();
        services.AddHostedService(provider => provider.GetRequiredService<PersonaPassages>());
        services.AddSingleton<IValidator<ChatRequest>, ChatRequestValidator>();
        services.AddSingleton<IValidator<FeedbackRequest>, FeedbackRequestValidator>();
    }
}
