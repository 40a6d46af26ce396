using System.Diagnostics;
using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Infrastructure;

/// <summary><c>infra/deploy.sh</c>, as far as an emulator of AWS goes.</summary>
[Collection(OneMoto.Name)]
public sealed class DeployTests(MotoServer moto) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TempFolder folder = new();

    [Fact]
    public async Task A_deploy_to_an_emulator_passes_what_can_be_and_lists_what_cannot()
    {
        SkipWithoutTools();

        var (exitCode, errors) = await DeployAsync("dev", "--endpoint", moto.Gate.Address);

        Assert.True(exitCode == 3, errors);
        var report = ReadReport();
        Assert.Equal("CREATE_COMPLETE", report["stacks"]![0]!["status"]!.ToString());
        Assert.Equal(4, report["lambda_functions"]!.AsArray().Count);
        Assert.All(report["lambda_functions"]!.AsArray(), function =>
        {
            Assert.Equal("Active", function!["state"]!.ToString());
            Assert.Equal("dotnet10", function["runtime"]!.ToString());
            Assert.InRange((long)function["code_size"]!, 100_000, 50_000_000);
        });
        Assert.Equal(["build", "deploy", "functions", "package", "prerequisites", "stack", "upload"], Steps(report, "passed"));
        Assert.Empty(Steps(report, "failed"));
        Assert.Empty(report["issues"]!.AsArray());
        Assert.Superset(
            new HashSet<string> { "acceptance", "invalidate", "ready", "seed_builtin_data", "resource Distribution (AWS::CloudFront::Distribution)" },
            Steps(report, "not run").ToHashSet());
        Assert.False((bool)report["tests"]!["ready"]!);
        await CheckFilesAsync();
    }

    [Fact]
    public async Task A_deploy_to_nowhere_says_so_and_fails()
    {
        SkipWithoutTools();

        var (exitCode, errors) = await DeployAsync("production");

        Assert.Equal(1, exitCode);
        Assert.Contains("infra/deploy.sh dev, staging or prod", errors, StringComparison.Ordinal);
        Assert.Equal(["prerequisites"], Steps(ReadReport(), "failed"));
    }

    /// <summary>The suite comes by the key that the deploy knows, or by a token that only a person can get.</summary>
    [Theory]
    [InlineData("", "", "TWIN_OWNER_KEY=key, TWIN_OWNER_TOKEN=")]
    [InlineData("", "left over", "TWIN_OWNER_KEY=key, TWIN_OWNER_TOKEN=")]
    [InlineData("eu-central-1_AbCdEfGhI", "token", "TWIN_OWNER_TOKEN=token")]
    [InlineData("eu-central-1_AbCdEfGhI", "", "The owners are those of eu-central-1_AbCdEfGhI: set TWIN_OWNER_TOKEN")]
    public void The_acceptance_suite_signs_in_as_the_deployed_twin_wants_it(string pool, string token, string expected)
    {
        Assert.SkipUnless(Runs("python3", "--version"), "python3 is not installed: tests of the deploy are skipped.");
        const string script = """
            import sys
            sys.path.insert(0, sys.argv[1])
            sys.dont_write_bytecode = True
            import verify
            stack = {"Stacks": [{"Parameters": [{"ParameterKey": "OwnerUserPoolId", "ParameterValue": sys.argv[2]}]}]}
            verify.aws = lambda *a: {"SecretString": "key"} if a[0] == "secretsmanager" else stack
            try:
                print(", ".join(f"{name}={value}" for name, value in verify.Verification("dev", "stack", False).owner().items()))
            except verify.Failure as failure:
                print(failure)
            """;
        var start = new ProcessStartInfo("python3", ["-c", script, Repository.Path("infra"), pool]) { RedirectStandardOutput = true };
        start.Environment["TWIN_OWNER_TOKEN"] = token;
        using var process = Process.Start(start)!;

        Assert.StartsWith(expected, process.StandardOutput.ReadToEnd().Trim(), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The files that never change are kept for ever, the others not for long; pages and their compressed forms stay away.</summary>
    private async Task CheckFilesAsync()
    {
        using var s3 = moto.Gate.S3();
        var bucket = (await s3.ListBucketsAsync(TestContext.Current.CancellationToken)).Buckets
            .Single(found => found.BucketName.StartsWith("digital-twin-chat-dev-frontendbucket", StringComparison.Ordinal)).BucketName;
        var keys = (await s3.ListObjectsV2Async(new() { BucketName = bucket }, TestContext.Current.CancellationToken)).S3Objects.ConvertAll(found => found.Key);

        Assert.Contains("widget.js", keys);
        Assert.All(keys, key => Assert.DoesNotMatch(@"\.(html|gz|br)$|build\.json", key));
        foreach (var key in keys)
        {
            var head = await s3.GetObjectMetadataAsync(bucket, key, TestContext.Current.CancellationToken);
            Assert.Equal(
                key.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "public, max-age=300", head.Headers.CacheControl);
        }
    }

    private async Task<(int ExitCode, string Errors)> DeployAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Repository.Path("infra", "deploy.sh"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["VERIFICATION_REPORT"] = folder.File("report.json");
        start.Environment["RunAnalyzers"] = "false";
        start.Environment["AWS_ACCESS_KEY_ID"] = start.Environment["AWS_SECRET_ACCESS_KEY"] = "test";
        start.Environment["AWS_REGION"] = start.Environment["AWS_DEFAULT_REGION"] = AwsGate.Region;
        using var process = Process.Start(start)!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Patience);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = await process.StandardError.ReadToEndAsync(timeout.Token);
        await output;
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, errors);
    }

    private JsonNode ReadReport() => JsonNode.Parse(File.ReadAllText(folder.File("report.json")))!;

    private static IEnumerable<string> Steps(JsonNode report, string status) => report["steps"]!.AsArray()
        .Where(step => step!["status"]!.ToString() == status).Select(step => step!["name"]!.ToString()).Order(StringComparer.Ordinal);

    private static void SkipWithoutTools()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "infra/deploy.sh is a shell script.");
        Assert.SkipUnless(Runs("aws", "--version"), "The AWS CLI is not installed: tests of the deploy are skipped.");
        Assert.SkipUnless(Runs("python3", "-c", "import samtranslator"), "aws-sam-translator is not installed (pip install aws-sam-translator): tests of the deploy are skipped.");
    }

    private static bool Runs(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
