namespace DigitalTwin.Knowledge;

/// <summary>Finds passages somewhere else than in <see cref="PassageIndex"/>. There is none unless a setting asks for one.</summary>
public interface IPassageRetriever
{
    /// <summary>The best passages for a question, best first; null when they cannot be had now, which is logged.</summary>
    ValueTask<IReadOnlyList<SearchHit>?> RetrieveAsync(string question, int top, CancellationToken cancellationToken);
}
