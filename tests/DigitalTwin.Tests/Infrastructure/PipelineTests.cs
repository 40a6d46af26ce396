using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Infrastructure;

/// <summary>What the roles of GitHub's workflow may do is what the deploy does.</summary>
public sealed partial class PipelineTests
{
    /// <summary>Commands of the CLI that are no operations of their service, or are called otherwise in policies.</summary>
    private static readonly Dictionary<string, string[]> OtherNames = new()
    {
        ["cloudformation deploy"] =
        [
            "cloudformation:CreateChangeSet", "cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet",
            "cloudformation:DeleteChangeSet", "cloudformation:DescribeStacks", "cloudformation:GetTemplateSummary", "s3:PutObject",
        ],
        ["cloudformation package"] = ["s3:GetObject", "s3:PutObject"],
        ["cloudformation wait"] = ["cloudformation:DescribeStacks"],
        ["cloudfront wait"] = ["cloudfront:GetInvalidation"],
        ["lambda wait"] = ["lambda:GetFunction"],
        ["s3 sync"] = ["s3:ListBucket", "s3:PutObject"],
        ["s3 cp"] = ["s3:PutObject"],
        ["s3api head-bucket"] = ["s3:ListBucket"],
        ["s3api list-objects-v2"] = ["s3:ListBucket"],
        ["s3api put-public-access-block"] = ["s3:PutBucketPublicAccessBlock"],
        // Anybody may ask who they are.
        ["sts get-caller-identity"] = [],
    };

    private static readonly CloudTemplate Pipeline = CloudTemplate.Load("infra", "pipeline.yaml");

    [Fact]
    public void The_workflow_may_do_what_the_deploy_calls_and_nothing_else()
    {
        var called = Commands().SelectMany(Actions).ToHashSet();
        // A role is passed, and secrets and items are decrypted, without a call of their own.
        string[] implied = ["iam:PassRole", "kms:Decrypt"];

        Assert.Contains("cloudformation:DescribeStackEvents", called);
        Assert.Contains("cognito-idp:AdminInitiateAuth", called);
        Assert.Equal(called.Order(), Granted("DeployRole").Except(implied).Order());
    }

    /// <summary>DynamoDB's guide: "At a minimum, DynamoDB requires the following permissions on a customer managed key", of who makes the table.</summary>
    [Theory]
    [InlineData("kms:Encrypt")]
    [InlineData("kms:Decrypt")]
    [InlineData("kms:ReEncryptFrom")]
    [InlineData("kms:ReEncryptTo")]
    [InlineData("kms:GenerateDataKey")]
    [InlineData("kms:GenerateDataKeyWithoutPlaintext")]
    [InlineData("kms:DescribeKey")]
    [InlineData("kms:CreateGrant")]
    public void The_stack_may_make_a_table_under_its_key(string action) => Assert.Contains(action, Granted("StackRole"));

    [Fact]
    public void The_stack_may_make_something_of_every_service_in_the_template()
    {
        Dictionary<string, string> prefixes = new() { ["ApiGatewayV2"] = "apigateway", ["Cognito"] = "cognito-idp", ["Serverless"] = "lambda" };
        var services = CloudTemplate.Twin.Resources.Select(resource => resource.Value!["Type"]!.ToString().Split("::")[1])
            .Select(service => prefixes.GetValueOrDefault(service, service.ToLowerInvariant()));
        var granted = Granted("StackRole").Select(action => action.Split(':')[0]).ToHashSet();

        Assert.Empty(services.Except(granted));
    }

    private static HashSet<string> Granted(string role) => Pipeline.OfType("AWS::IAM::Role")[role]["Policies"]!.AsArray()
        .SelectMany(policy => policy!["PolicyDocument"]!["Statement"]!.AsArray())
        .SelectMany(statement => CloudTemplate.OneOrMany(statement!["Action"])).Select(action => action.ToString()).ToHashSet();

    /// <summary><c>aws service command</c> of the script, <c>aws("service", "command"</c> of the checks.</summary>
    private static HashSet<string> Commands()
    {
        var script = File.ReadAllLines(Repository.Path("infra", "deploy.sh")).Where(line => !line.TrimStart().StartsWith('#') && !line.Contains("echo", StringComparison.Ordinal));
        var checks = File.ReadAllText(Repository.Path("infra", "verify.py"));
        return ShellCommand().Matches(string.Join('\n', script)).Concat(PythonCommand().Matches(checks))
            .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}").ToHashSet();
    }

    private static string[] Actions(string command)
    {
        if (OtherNames.TryGetValue(command, out var actions))
        {
            return actions;
        }

        var (service, operation) = (command.Split(' ')[0], command.Split(' ')[1]);
        return [$"{service.Replace("s3api", "s3", StringComparison.Ordinal)}:{string.Concat(operation.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))}"];
    }

    [GeneratedRegex(@"\baws ([a-z0-9-]+) ([a-z0-9]+-[a-z0-9-]+|deploy|package|wait|sync|cp)\b")]
    private static partial Regex ShellCommand();

    [GeneratedRegex(@"\baws\(""([a-z0-9-]+)"", ""([a-z0-9-]+)""")]
    private static partial Regex PythonCommand();
}
