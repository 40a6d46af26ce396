using System.Text.Json.Nodes;
using Xunit;

namespace DigitalTwin.Tests.Infrastructure;

/// <summary>What the functions may do is what the code does, no less and no more.</summary>
public sealed class RoleTests
{
    /// <summary>What Lambda does in a function's name: its logs, its traces, taking the queue's messages.</summary>
    private static readonly string[] ByLambda =
    [
        "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords",
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility",
    ];

    /// <summary>What the services ask of the key in the caller's name.</summary>
    private static readonly string[] ByTheKey = ["kms:Decrypt", "kms:GenerateDataKey"];

    /// <summary>For code that is yet to come: the rotation of the signing key.</summary>
    private static readonly string[] Awaited =
    [
        "secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage",
    ];

    [Fact]
    public void Each_function_has_a_role_of_its_own()
    {
        var functions = CloudTemplate.Twin.OfType("AWS::Serverless::Function");
        var roles = functions.Values.Select(function => CloudTemplate.Target(function["Role"])).ToArray();

        Assert.All(roles, Assert.NotNull);
        Assert.Equal(roles.Length, roles.Distinct().Count());
        Assert.Equal(CloudTemplate.Twin.OfType("AWS::IAM::Role").Keys.Order(), roles.Order());
    }

    [Fact]
    public void Only_the_two_actions_of_XRay_are_allowed_on_everything()
    {
        var open = Statements().Where(statement => CloudTemplate.OneOrMany(statement["Resource"]).Any(resource => resource.ToString() == "*")).ToArray();

        Assert.NotEmpty(open);
        Assert.All(open, statement => Assert.Equal(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], Actions(statement).Order()));
    }

    [Fact]
    public void No_action_is_a_pattern() => Assert.DoesNotContain(Statements().SelectMany(Actions), action => action.Contains('*'));

    [Fact]
    public void Roles_only_allow_and_only_to_Lambda() =>
        Assert.All(CloudTemplate.Twin.OfType("AWS::IAM::Role").Values, role =>
        {
            var trust = role["AssumeRolePolicyDocument"]!["Statement"]!.AsArray().Single()!;
            Assert.Equal("lambda.amazonaws.com", trust["Principal"]!["Service"]!.ToString());
            Assert.Equal("sts:AssumeRole", trust["Action"]!.ToString());
        });

    [Fact]
    public void Every_call_of_the_code_is_granted() => Assert.Empty(AwsCalls.Actions().Except(Granted()));

    [Fact]
    public void Nothing_is_granted_that_the_code_does_not_call() =>
        Assert.Empty(Granted().Except(AwsCalls.Actions()).Except(ByLambda).Except(ByTheKey).Except(Awaited));

    private static HashSet<string> Granted() => [.. Statements().SelectMany(Actions)];

    private static IEnumerable<string> Actions(JsonNode statement) => CloudTemplate.OneOrMany(statement["Action"]).Select(action => action.ToString());

    private static IEnumerable<JsonNode> Statements()
    {
        var inline = CloudTemplate.Twin.OfType("AWS::IAM::Role").Values.SelectMany(role => role["Policies"]!.AsArray());
        var managed = CloudTemplate.Twin.OfType("AWS::IAM::ManagedPolicy").Values;
        return inline.Concat(managed).SelectMany(policy => policy!["PolicyDocument"]!["Statement"]!.AsArray()).Select(statement => statement!);
    }
}
