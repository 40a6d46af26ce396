using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>AWS's SDK for Python as a second opinion. Tests that ask it are skipped where it is missing.</summary>
internal static class Botocore
{
    private static readonly Lazy<Task<bool>> Installed = new(async () =>
        await RunAsync(["-c", "import botocore.session"], "") is { ExitCode: 0 });

    /// <summary>The answer of a task of <c>Aws/botocore_oracle.py</c>.</summary>
    public static async Task<JsonNode> AskAsync(string task, JsonNode input)
    {
        Assert.SkipUnless(await Installed.Value, "python3 with botocore is not installed (pip install botocore): AWS's own SDK is not asked.");
        var question = new JsonObject { ["task"] = task, ["input"] = input };
        var (exitCode, output, errors) = await RunAsync([Repository.Path("tests", "DigitalTwin.Tests", "Aws", "botocore_oracle.py")], question.ToJsonString());
        Assert.True(exitCode == 0, errors);
        return JsonNode.Parse(output)!;
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments, string input)
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo("python3", arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["AWS_CONFIG_FILE"] = "/dev/null", ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null" },
            })!;
            var output = python.StandardOutput.ReadToEndAsync();
            var errors = python.StandardError.ReadToEndAsync();
            await python.StandardInput.WriteAsync(input);
            python.StandardInput.Close();
            await python.WaitForExitAsync();
            return (python.ExitCode, await output, await errors);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", e.Message);
        }
    }
}
