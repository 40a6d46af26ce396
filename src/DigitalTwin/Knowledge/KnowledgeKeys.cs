using DigitalTwin.Storage;

namespace DigitalTwin.Knowledge;

/// <summary>Where documents stand in the table and in the object store.</summary>
internal static class KnowledgeKeys
{
    /// <summary>A text of all documents for a quick start; built from them, and never the truth.</summary>
    public const string Snapshot = "knowledge/snapshot";

    private const string Partition = "DOCUMENT";

    /// <summary>A counter that every change of a document raises, in the transaction of the change.</summary>
    public static ItemKey Changes { get; } = new("KNOWLEDGE", "CHANGES");

    /// <summary>All entries, by id.</summary>
    public static TableQuery Entries { get; } = new() { Partition = Partition, Limit = 100 };

    public static ItemKey Entry(string documentId) => new(Partition, documentId);

    public static string Source(string documentId) => $"knowledge/{documentId}/source";

    /// <summary>Ids become parts of object keys, so they keep to letters, digits, '-' and '_'.</summary>
    public static bool IsDocumentId(string text) =>
        text.Length is > 0 and <= 128 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
