using System.Globalization;

namespace DigitalTwin.Benchmarks;

/// <summary>The command line: a mode, then <c>--name value</c> pairs.</summary>
internal sealed class BenchmarkOptions(string mode, Dictionary<string, string> values)
{
    private static readonly string[] Known =
    [
        "route", "connections", "sessions", "seconds", "runs", "warmup", "turns", "measured", "items", "folder", "filter", "app", "url", "data", "end",
    ];

    public string Mode { get; } = mode;

    public static BenchmarkOptions Parse(string[] args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || !Known.Contains(args[i][2..]) || i + 1 == args.Length)
            {
                throw new BenchmarkException($"'{args[i]}' is not an option with a value.");
            }

            values[args[i][2..]] = args[i + 1];
        }

        return new BenchmarkOptions(args.Length > 0 ? args[0] : "", values);
    }

    public string? Find(string name) => values.GetValueOrDefault(name);

    public int Number(string name, int standard) =>
        Find(name) is not { } text ? standard
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new BenchmarkException($"--{name} takes a number above 0, not '{text}'.");

    /// <summary>One of the words, the first by default.</summary>
    public string Word(string name, params ReadOnlySpan<string> words) =>
        Find(name) is not { } text ? words[0]
        : words.Contains(text) ? text
        : throw new BenchmarkException($"--{name} is one of {string.Join(", ", words.ToArray())}.");
}
