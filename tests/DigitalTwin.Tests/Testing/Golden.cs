using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>
/// Compares a text with a file of <c>Golden/</c>. <c>UPDATE_GOLDEN=1</c> writes the file instead; the commit that changes it says why.
/// </summary>
internal static class Golden
{
    public static void Equal(string name, string actual)
    {
        var path = Repository.Path("tests", "DigitalTwin.Tests", "Golden", name);
        var text = actual.ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, text);
            return;
        }

        Assert.True(File.Exists(path), $"There is no {path}; run once with UPDATE_GOLDEN=1.");
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        if (expected != text)
        {
            var (was, now) = (expected.Split('\n'), text.Split('\n'));
            var line = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
            Assert.Fail(
                $"Golden/{name} differs at line {line + 1}:\n  was: {was.ElementAtOrDefault(line)}\n  now: {now.ElementAtOrDefault(line)}\n"
                + "If that is meant, run with UPDATE_GOLDEN=1 and say why in the commit.");
        }
    }
}
