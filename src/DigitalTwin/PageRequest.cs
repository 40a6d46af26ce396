using System.Diagnostics.CodeAnalysis;
using DigitalTwin.Storage;

namespace DigitalTwin;

/// <summary>The <c>limit</c> and <c>cursor</c> of every list.</summary>
public readonly record struct PageRequest(int Limit, TableCursor? After)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    public static string LimitDetail { get; } = $"'limit' must be one number from 1 to {MaxLimit}.";

    public static bool TryParse(int limit, string? cursor, out PageRequest page, [NotNullWhen(false)] out TwinProblem? problem)
    {
        page = default;
        TableCursor? after = null;
        problem = limit is < 1 or > MaxLimit
            ? TwinProblem.Validation(LimitDetail)
            : cursor is not null && !TableCursor.TryParse(cursor, out after)
                ? TwinProblem.Validation("'cursor' is not one that this server made. Use 'nextCursor' of the last page, or leave it out.")
                : null;
        if (problem is null)
        {
            page = new PageRequest(limit, after);
        }

        return problem is null;
    }
}
