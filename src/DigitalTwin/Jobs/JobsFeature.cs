using System.Diagnostics.CodeAnalysis;
using DigitalTwin.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DigitalTwin.Jobs;

public static class JobsFeature
{
    public static void AddJobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings(JobSettings.From(configuration));
        services.AddSingleton<JobKinds>();
        services.AddSingleton<RunningJobs>();
        services.AddSingleton<LocalBell>();
        services.TryAddSingleton<IJobBell>(provider => provider.GetRequiredService<LocalBell>());
        services.AddSingleton<JobBoard>();
        services.AddSingleton<JobTries>();
        services.AddSingleton(provider => new JobRunner(
            provider.GetRequiredService<ITable>(), provider.GetRequiredService<JobTries>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<JobControl>();
        services.AddHostedService<JobWorker>();
    }

    /// <summary>Has a feature's handler do all jobs of a kind.</summary>
    /// <param name="lease">How long one try may take, where the setting's minute is not enough.</param>
    public static void AddJobHandler<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, string kind, TimeSpan? lease = null)
        where THandler : class, IJobHandler
    {
        services.AddSingleton<THandler>();
        services.AddSingleton(new JobKind(kind, typeof(THandler), lease));
    }
}
