using FluentValidation;

namespace DigitalTwin.Persona;

internal sealed class PersonaUpdateValidator : AbstractValidator<PersonaUpdate>
{
    /// <summary>Bounded by what fits in one table item beside its versions.</summary>
    private const int LongestMe = 50_000;

    public PersonaUpdateValidator()
    {
        RuleFor(p => p.Me).NotEmpty().MaximumLength(LongestMe).WithoutNul().OverridePropertyName("me");
        RuleFor(p => p.Profile).NotNull().SetValidator(new PersonaProfileValidator()).OverridePropertyName("profile");
    }
}

internal sealed class PersonaProfileValidator : AbstractValidator<PersonaProfile>
{
    public PersonaProfileValidator()
    {
        RuleFor(p => p.Name).NotEmpty().MaximumLength(80).WithoutNul().OverridePropertyName("name");
        RuleFor(p => p.Headline).NotEmpty().MaximumLength(160).WithoutNul().OverridePropertyName("headline");
        RuleFor(p => p.Greeting).NotEmpty().MaximumLength(600).WithoutNul().OverridePropertyName("greeting");
        RuleFor(p => p.Suggestions).NotNull().Must(s => s is null || s.Count <= 6).WithMessage("'suggestions' holds at most 6 questions.")
            .OverridePropertyName("suggestions");
        RuleForEach(p => p.Suggestions).NotEmpty().MaximumLength(160).WithoutNul().OverridePropertyName("suggestions");
        RuleFor(p => p.Accent).NotEmpty().Matches(@"\A#[0-9a-fA-F]{6}\z").WithMessage("'accent' is a colour as #rrggbb.").OverridePropertyName("accent");
    }
}
