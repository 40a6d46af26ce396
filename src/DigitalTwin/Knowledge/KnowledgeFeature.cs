using DigitalTwin.Jobs;
using FluentValidation;

namespace DigitalTwin.Knowledge;

public static class KnowledgeFeature
{
    /// <summary>Bad settings stop the start.</summary>
    public static void AddKnowledge(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings(KnowledgeSettings.From(configuration));
        services.AddSingleton<PassageIndex>();
        services.AddSingleton<KnowledgeSnapshot>();
        services.AddSingleton<KnowledgeStore>();
        services.AddJobHandler<SnapshotJob>(SnapshotJob.Kind);
        services.AddSingleton<IValidator<NewDocument>, NewDocumentValidator>();
        services.AddSingleton<IValidator<KnowledgeQuery>, KnowledgeQueryValidator>();
    }
}
