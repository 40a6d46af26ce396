using System.Text;

namespace DigitalTwin.Knowledge;

/// <summary>Collects the blocks of a document while a reader walks it.</summary>
sealed class BlockWriter
{
    readonly List<DocumentBlock> blocks = [];
    readonly StringBuilder text = new();
    readonly List<string> cells = [];
    List<string>? headers;

    public IReadOnlyList<DocumentBlock> Blocks => blocks;

    public void Append(ReadOnlySpan<char> piece) => TextCleaning.AppendFolded(text, piece);

    public void AppendVerbatim(ReadOnlySpan<char> piece) => text.Append(piece);

    /// <summary>Starts a new line inside the block.</summary>
    public void Break()
    {
        if (TrimText() > 0 && text[^1] != '\n')
        {
            text.Append('\n');
        }
    }

    /// <summary>Ends the block; one without text leaves no trace.</summary>
    public void End(DocumentBlockKind kind, int level = 0)
    {
        var body = TakeText();
        if (body.Length > 0)
        {
            blocks.Add(new(kind, kind == DocumentBlockKind.Heading ? body.Replace('\n', ' ') : body, level));
        }
    }

    public void BeginTable() => headers = null;

    public void EndCell() => cells.Add(TakeText().Replace('\n', ' '));

    /// <summary>Ends a table row. The first cell names the row: "Crown — Fee: £695; Visits: 2".</summary>
    public void EndRow(bool isHeader)
    {
        if (isHeader && headers is null && cells.Count > 1)
        {
            headers = [.. cells];
        }
        else
        {
            for (var i = 0; i < cells.Count; i++)
            {
                AppendCell(i);
            }
        }

        cells.Clear();
        End(DocumentBlockKind.TableRow);
    }

    void AppendCell(int column)
    {
        if (cells[column].Length == 0)
        {
            return;
        }

        var isNamed = column > 0 && headers is not null && column < headers.Count && headers[column].Length > 0;
        if (text.Length > 0)
        {
            text.Append(column == 1 ? (isNamed ? " — " : ": ") : "; ");
        }

        if (isNamed)
        {
            text.Append(headers![column]).Append(": ");
        }

        text.Append(cells[column]);
    }

    string TakeText()
    {
        TrimText();
        var from = 0;
        while (from < text.Length && char.IsWhiteSpace(text[from]))
        {
            from++;
        }

        var taken = text.ToString(from, text.Length - from);
        text.Clear();
        return taken;
    }

    int TrimText()
    {
        while (text.Length > 0 && char.IsWhiteSpace(text[^1]))
        {
            text.Length--;
        }

        return text.Length;
    }
}
