namespace DigitalTwin.Knowledge;

/// <summary>
/// Cuts a document into passages of about 120 to 200 words. A passage stays inside one section, unless neighbouring
/// sections are tiny; a long section is cut at paragraphs, list items or sentences, and each further passage repeats the
/// sentence before it. The text is the document's, word for word.
/// </summary>
public static class PassageSplitter
{
    const string HeadingSeparator = " › ";
    const int TinySection = 45;
    const int MergedSections = 120;

    public static IReadOnlyList<Passage> Split(string documentId, string title, DocumentText document)
    {
        var sections = Merge(Sections(title, document.Blocks));
        var passages = new List<Passage>(sections.Count);
        foreach (var section in sections)
        {
            foreach (var text in PassagePacker.Pack(section.Blocks))
            {
                passages.Add(Passage.Create(documentId, title, section.Heading, passages.Count, text));
            }
        }

        if (passages.Count == 0 && document.Blocks.Count > 0)
        {
            // Nothing but headings: still worth finding.
            var headings = string.Join('\n', document.Blocks.Take(100).Select(block => block.Text));
            passages.Add(Passage.Create(documentId, title, "", 0, headings));
        }

        return passages;
    }

    static List<Section> Sections(string title, IReadOnlyList<DocumentBlock> blocks)
    {
        var sections = new List<Section>();
        var path = new List<DocumentBlock>();
        var body = new List<DocumentBlock>();
        foreach (var block in blocks)
        {
            if (block.Kind != DocumentBlockKind.Heading)
            {
                body.Add(block);
                continue;
            }

            Close(block.Level);
            path.RemoveAll(heading => heading.Level >= block.Level);
            path.Add(block);
        }

        Close(1);
        return sections;

        void Close(int nextLevel)
        {
            if (body.Count > 0)
            {
                var names = path.Select(heading => heading.Text)
                    .Where(text => !text.Equals(title, StringComparison.OrdinalIgnoreCase)).ToArray();
                sections.Add(new(names, [.. body], nextLevel));
                body.Clear();
            }
        }
    }

    // Neighbours are joined when both are tiny, or when only a minor heading parts them and they are short together.
    static List<Section> Merge(List<Section> sections)
    {
        var merged = new List<Section>();
        foreach (var section in sections)
        {
            if (merged.Count > 0 && merged[^1] is var last && AreSiblings(last, section)
                && last.Words + section.Words <= MergedSections
                && (last.NextLevel > 2 || (last.Words < TinySection && section.Words < TinySection)))
            {
                merged[^1] = last.With(section);
            }
            else
            {
                merged.Add(section);
            }
        }

        return merged;
    }

    static bool AreSiblings(Section first, Section second) =>
        first.Path.Length > 0 && first.Path.Length == second.Path.Length
        && first.Path.AsSpan(0, first.Path.Length - 1).SequenceEqual(second.Path.AsSpan(0, second.Path.Length - 1));

    /// <param name="NextLevel">The level of the heading that ends the section.</param>
    sealed record Section(string[] Path, List<DocumentBlock> Blocks, int NextLevel)
    {
        public int Words { get; } = Blocks.Sum(block => PassagePacker.CountWords(block.Text));

        public string Heading => string.Join(HeadingSeparator, Path);

        /// <summary>The two as one section whose heading names both.</summary>
        public Section With(Section next) =>
            new([.. Path[..^1], Path[^1] + " · " + next.Path[^1]], [.. Blocks, .. next.Blocks], next.NextLevel);
    }
}
