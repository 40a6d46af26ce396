using System.Text;

namespace DigitalTwin.Tests.Testing;

/// <summary>What lies on the disk, whoever wrote it.</summary>
internal static class DataFiles
{
    private const int LongestLock = 16;

    /// <summary>The files below the folder that have the text in their name or their bytes, in any of the usual encodings.</summary>
    public static IReadOnlyList<string> Holding(string folder, string text)
    {
        byte[][] forms = [Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text), Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)))];
        return [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Where(path => path.Contains(text, StringComparison.Ordinal) || (File.Exists(path) && forms.Any(form => Read(path).AsSpan().IndexOf(form) >= 0)))];
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (IOException) when (new FileInfo(path).Length < LongestLock)
        {
            // The twin's lock on its folder: there is no room for anything in it.
            return [];
        }
    }
}
