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

    /// <summary>In place of AWS: notes what it is asked, and fails every deploy.</summary>
    private const string AwsStub = """
        #!/usr/bin/env bash
        echo "$*" >>"$(dirname "$0")/calls"
        case "$*" in
            *get-caller-identity*) echo 123456789012 ;;
            *StackStatus*) echo ROLLBACK_COMPLETE ;;
            *OwnerUserPoolId\'*) echo "$POOL" ;;
            *get-inference-profile*) echo arn:profile,arn:model ;;
            *describe-stack-events*) printf 'Distribution\tYour account must be verified\n' ;;
            "cloudformation deploy"* | *describe-stack-resource*) exit 1 ;;
        esac
        """;

    private readonly TempFolder folder = new();
    private readonly Dictionary<string, string> stubs = [];

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

    /// <summary>CloudFormation can change no stack whose first deploy was rolled back, and says why one failed only when it is asked.</summary>
    [Fact]
    public async Task A_deploy_after_one_that_was_rolled_back_begins_anew_and_one_that_fails_says_why()
    {
        SkipWithoutTools();
        PutStubs();

        var (exitCode, _) = await DeployAsync("dev", "ModelId=eu.some.model", "ModelInputUsd=1", "ModelOutputUsd=2");

        var calls = Calls();
        var (deleted, deployed) = (Array.FindIndex(calls, call => call.StartsWith("cloudformation delete-stack", StringComparison.Ordinal)), Array.FindIndex(calls, IsDeploy));
        Assert.Equal(1, exitCode);
        Assert.InRange(deleted, 0, deployed - 1);
        Assert.EndsWith("ModelId=eu.some.model ModelInputUsd=1 ModelOutputUsd=2 ModelArns=arn:profile,arn:model", calls[deployed], StringComparison.Ordinal);
        Assert.Equal(["deploy"], Steps(ReadReport(), "failed"));
        Assert.Contains("Distribution Your account must be verified", ReadReport()["issues"]![0]!["message"]!.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The suite needs somebody of the user pool at the end: without them nothing is begun.</summary>
    [Theory]
    [InlineData("OwnerUserPoolId=eu-central-1_AbCdEfGhI", "", "", "", false)]
    [InlineData("OwnerUserPoolId=eu-central-1_AbCdEfGhI", "", "ada", "", false)]
    [InlineData("OwnerUserPoolId=eu-central-1_AbCdEfGhI", "", "ada", "secret", true)]
    [InlineData("AlarmEmail=ada@example.com", "eu-central-1_AbCdEfGhI", "", "", false)]
    [InlineData("OwnerUserPoolId=", "eu-central-1_AbCdEfGhI", "", "", true)]
    public async Task A_deploy_with_a_user_pool_begins_only_with_an_owner(string parameter, string deployed, string user, string password, bool begins)
    {
        SkipWithoutTools();
        PutStubs();
        (stubs["POOL"], stubs["TWIN_OWNER_USER"], stubs["TWIN_OWNER_PASSWORD"]) = (deployed, user, password);

        var (_, errors) = await DeployAsync("dev", parameter);

        Assert.Equal([begins ? "deploy" : "prerequisites"], Steps(ReadReport(), "failed"));
        Assert.Equal(begins, Calls().Any(IsDeploy));
        Assert.Equal(begins, !errors.Contains("set TWIN_OWNER_USER and", StringComparison.Ordinal));
    }

    /// <summary>The suite comes by the key that the deploy knows, or as somebody of the user pool.</summary>
    [Theory]
    [InlineData("", "", "", "TWIN_OWNER_KEY=key, TWIN_OWNER_TOKEN=")]
    [InlineData("", "left over", "", "TWIN_OWNER_KEY=key, TWIN_OWNER_TOKEN=")]
    [InlineData("eu-central-1_AbCdEfGhI", "token", "", "TWIN_OWNER_TOKEN=token")]
    [InlineData("eu-central-1_AbCdEfGhI", "", "right", "TWIN_OWNER_TOKEN=token of ada at client")]
    [InlineData("eu-central-1_AbCdEfGhI", "", "old", "eu-central-1_AbCdEfGhI asks for more than that password (NEW_PASSWORD_REQUIRED)")]
    [InlineData("eu-central-1_AbCdEfGhI", "", "", "The owners are those of eu-central-1_AbCdEfGhI: set TWIN_OWNER_USER")]
    public void The_acceptance_suite_signs_in_as_the_deployed_twin_wants_it(string pool, string token, string password, string expected)
    {
        Assert.SkipUnless(Runs("python3", "--version"), "python3 is not installed: tests of the deploy are skipped.");
        const string script = """
            import json, sys
            sys.path.insert(0, sys.argv[1])
            sys.dont_write_bytecode = True
            import verify
            def aws(*arguments):
                if arguments[0] == "secretsmanager":
                    return {"SecretString": "key"}
                if arguments[0] == "cognito-idp":
                    asked = json.load(open(arguments[-1].removeprefix("file://")))
                    given = asked["AuthParameters"]
                    token = f"token of {given['USERNAME']} at {asked['ClientId']}"
                    return {"AuthenticationResult": {"IdToken": token}} if given["PASSWORD"] == "right" else {"ChallengeName": "NEW_PASSWORD_REQUIRED"}
                return {"StackResourceDetail": {"PhysicalResourceId": "pool|client"},
                        "Stacks": [{"Parameters": [{"ParameterKey": "OwnerUserPoolId", "ParameterValue": sys.argv[2]}]}]}
            verify.aws = aws
            try:
                print(", ".join(f"{name}={value}" for name, value in verify.Verification("dev", "stack", False).owner().items()))
            except verify.Failure as failure:
                print(failure)
            """;
        var start = new ProcessStartInfo("python3", ["-c", script, Repository.Path("infra"), pool]) { RedirectStandardOutput = true };
        start.Environment["TWIN_OWNER_TOKEN"] = token;
        (start.Environment["TWIN_OWNER_USER"], start.Environment["TWIN_OWNER_PASSWORD"]) = ("ada", password);
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
        foreach (var (name, value) in stubs)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Patience);
        var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        var errors = await process.StandardError.ReadToEndAsync(timeout.Token);
        await output;
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, errors);
    }

    /// <summary>Neither AWS nor a build: the script alone.</summary>
    private void PutStubs()
    {
        foreach (var (name, script) in new[] { ("aws", AwsStub), ("dotnet", "#!/usr/bin/env bash\necho 10.0.100\n") })
        {
            File.WriteAllText(folder.File(name), script.ReplaceLineEndings("\n"));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(folder.File(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        stubs["PATH"] = folder.Path + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
    }

    private string[] Calls() => File.ReadAllLines(folder.File("calls"));

    private static bool IsDeploy(string call) => call.StartsWith("cloudformation deploy", StringComparison.Ordinal);

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
