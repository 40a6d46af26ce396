using FluentValidation;

namespace DigitalTwin.Knowledge;

public static class KnowledgeFeature
{
    public static void AddKnowledge(this IServiceCollection services)
    {
        services.AddSingleton<PassageIndex>();
        services.AddSingleton<KnowledgeSnapshot>();
        services.AddSingleton<KnowledgeStore>();
        services.AddSingleton<IValidator<NewDocument>, NewDocumentValidator>();
        services.AddSingleton<IValidator<KnowledgeQuery>, KnowledgeQueryValidator>();
    }
}
