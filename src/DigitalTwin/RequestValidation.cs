using FluentValidation;

namespace DigitalTwin;

public static class RequestValidation
{
    /// <summary>NUL is in no text that a person wrote, and ends one early wherever C reads it.</summary>
    public static IRuleBuilderOptions<T, string?> WithoutNul<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text?.Contains('\0', StringComparison.Ordinal) is not true).WithMessage("'{PropertyName}' must not contain NUL characters.");

    /// <summary>Null when the request is valid; otherwise the problem with a message for each bad member.</summary>
    public static TwinProblem? Check<T>(this IValidator<T> validator, T request)
    {
        var result = validator.Validate(request);
        if (result.IsValid)
        {
            return null;
        }

        var errors = result.Errors.GroupBy(error => error.PropertyName)
            .ToDictionary(group => group.Key, group => group.Select(error => error.ErrorMessage).ToArray());
        return TwinProblem.Validation(string.Join(' ', result.Errors.Select(error => error.ErrorMessage)), errors);
    }
}
