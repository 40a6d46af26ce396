namespace DigitalTwin;

/// <summary>
/// Claims of a token that somebody whom we trust has verified before the request reached us. A request has them as a feature
/// (<see cref="HttpContext.Features"/>) that only the server can set; no header ever becomes one.
/// </summary>
public sealed record VerifiedClaims(IReadOnlyDictionary<string, string> Values)
{
    private const string GroupsClaim = "cognito:groups";
    private static readonly char[] ListMarks = ['[', ']', ' ', ','];

    /// <summary>Whether the caller is in a group of the user pool. HTTP APIs write the list as <c>[owner editors]</c>.</summary>
    public bool IsInGroup(string group) =>
        Values.TryGetValue(GroupsClaim, out var groups)
        && groups.Split(ListMarks, StringSplitOptions.RemoveEmptyEntries).Contains(group, StringComparer.Ordinal);
}
