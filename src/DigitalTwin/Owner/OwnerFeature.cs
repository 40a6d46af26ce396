namespace DigitalTwin.Owner;

public static class OwnerFeature
{
    private const string Policy = "owner";

    public static void AddOwner(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddLiveSettings(() => OwnerSettings.From(configuration));
        services.AddSingleton<OwnerKey>();
        services.AddSingleton<WrongKeyLimit>();
        // The core only: the full set would bring data protection and its key ring, which nothing here uses.
        services.AddAuthenticationCore(schemes => schemes.AddScheme<OwnerKeyHandler>(OwnerKeyHandler.SchemeName, null));
        services.AddWebEncoders();
        services.AddTransient<OwnerKeyHandler>();
        services.AddAuthorizationBuilder()
            .AddPolicy(Policy, policy => policy.AddAuthenticationSchemes(OwnerKeyHandler.SchemeName).RequireAuthenticatedUser());
    }

    /// <summary>The group that only the owner reaches; every owner route of every feature is mapped on it.</summary>
    public static RouteGroupBuilder MapOwner(this IEndpointRouteBuilder routes) => routes.MapGroup("/api/owner").RequireAuthorization(Policy);
}
