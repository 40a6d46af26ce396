namespace DigitalTwin.Tests.Testing;

/// <summary>The source tree that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotSource = ["bin", "obj", "node_modules", ".git", "data", "artifacts", "TestResults"];

    /// <summary>The folder of <c>DigitalTwin.sln</c>.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>The folder and every folder below it, without what builds and tools leave there.</summary>
    public static IEnumerable<string> Folders(string below) =>
        Directory.EnumerateDirectories(below)
            .Where(folder => !NotSource.Contains(System.IO.Path.GetFileName(folder)))
            .SelectMany(Folders)
            .Prepend(below);

    private static string Find(string folder)
    {
        var here = new DirectoryInfo(folder);
        while (here is not null && !File.Exists(System.IO.Path.Combine(here.FullName, "DigitalTwin.sln")))
        {
            here = here.Parent;
        }

        return here?.FullName ?? throw new InvalidOperationException($"There is no DigitalTwin.sln above {folder}.");
    }
}
