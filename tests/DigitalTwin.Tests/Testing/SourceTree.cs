namespace DigitalTwin.Tests.Testing;

/// <summary>The files that people write, below the repository's root.</summary>
internal static class SourceTree
{
    private static readonly string[] NotSource = ["bin", "obj", "node_modules", ".git", "data", "artifacts", "TestResults"];

    public static string Path(params string[] parts) => System.IO.Path.Combine([Repository.Root, .. parts]);

    /// <summary>The folder and every folder below it, without what builds and tools leave there.</summary>
    public static IEnumerable<string> Folders(string below) =>
        Directory.EnumerateDirectories(below)
            .Where(folder => !NotSource.Contains(System.IO.Path.GetFileName(folder)))
            .SelectMany(Folders)
            .Prepend(below);
}
