using System.Diagnostics;
using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Web;

/// <summary>The units of <c>src/web</c>, the AI SDK's client among them, against a twin that runs here.</summary>
public sealed partial class WebUnitTests
{
    private static readonly string Web = Repository.Path("src", "web");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_pages_units_pass_and_the_AI_SDK_reads_this_twins_stream()
    {
        var vitest = Path.Combine(Web, "node_modules", "vitest", "vitest.mjs");
        Assert.SkipUnless(File.Exists(vitest), "The page's packages are not installed; to run its units too: npm ci in src/web.");
        await using var twin = TwinFixture.Start(settings: ("Twin:Limits:Enabled", "false"));

        var (exitCode, output) = await RunAsync("node", [vitest, "run", "--reporter=verbose", "--no-color"], twin.Address);

        Assert.True(exitCode == 0, $"A unit of src/web failed (npm run test):\n{output}");
        Assert.Matches(Passed(), output);
        Assert.Contains("the guide, with a live twin", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, Uri twin)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Patience);
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Web,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["TWIN_URL"] = twin.ToString(), ["CI"] = "true" },
            },
        };
        process.Start();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [GeneratedRegex(@"Tests +\d+ passed")]
    private static partial Regex Passed();
}
