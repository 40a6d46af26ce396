using FluentValidation;

namespace DigitalTwin.Persona;

public static class PersonaFeature
{
    public static void AddPersona(this IServiceCollection services)
    {
        services.AddSingleton<PersonaStore>();
        services.AddSingleton<IValidator<PersonaUpdate>, PersonaUpdateValidator>();
    }
}
