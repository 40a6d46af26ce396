namespace DigitalTwin.Knowledge;

/// <param name="Retriever"><c>Twin:Knowledge:Retriever</c>: <c>Index</c>, the documents here (default), or <c>KnowledgeBase</c>, one of Bedrock's.</param>
/// <param name="KnowledgeBaseId"><c>Twin:Knowledge:KnowledgeBaseId</c>, ten letters and digits.</param>
public sealed record KnowledgeSettings(string Retriever, string? KnowledgeBaseId) : ICheckedSettings
{
    private const int LongestId = 10;
    public const string Index = "Index";
    public const string KnowledgeBase = "KnowledgeBase";

    public bool UsesKnowledgeBase => string.Equals(Retriever, KnowledgeBase, StringComparison.OrdinalIgnoreCase);

    public static KnowledgeSettings From(IConfiguration configuration) => new(
        configuration["Twin:Knowledge:Retriever"] is { Length: > 0 } retriever ? retriever : Index,
        configuration["Twin:Knowledge:KnowledgeBaseId"] is { Length: > 0 } id ? id : null);

    public IEnumerable<string> Problems()
    {
        if (!UsesKnowledgeBase && !string.Equals(Retriever, Index, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"Twin:Knowledge:Retriever: '{Retriever}' is no retriever; there are Index and KnowledgeBase.";
        }

        if (UsesKnowledgeBase && !(KnowledgeBaseId is { Length: <= LongestId } id && id.All(char.IsAsciiLetterOrDigit)))
        {
            yield return "Twin:Knowledge:KnowledgeBaseId must be the id of a Bedrock knowledge base, up to ten letters and digits, when Twin:Knowledge:Retriever is KnowledgeBase.";
        }
    }
}
