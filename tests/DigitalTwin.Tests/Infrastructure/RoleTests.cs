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
        Assert.Empty(Granted().Except(AwsCalls.Actions()).Except(ByLambda).Except(ByTheKey));

    [Fact]
    public void The_rotation_may_do_to_the_secret_that_it_is_told_of_what_the_code_does_and_nobody_else_may_write_it()
    {
        var function = CloudTemplate.Twin.OfType("AWS::Serverless::Function")["RotationFunction"];
        var told = CloudTemplate.Target(function["Environment"]!["Variables"]!["Twin__Lambda__RotatedSecretId"]);
        var statements = RoleStatements(CloudTemplate.Target(function["Role"])!).Where(OnSecrets).ToArray();

        Assert.Equal(CloudTemplate.Target(CloudTemplate.Twin.OfType("AWS::SecretsManager::RotationSchedule").Values.Single()["SecretId"]), told);
        Assert.Equal(told, CloudTemplate.Target(Assert.Single(statements)["Resource"]));
        Assert.Equal(AwsCalls.Actions().Where(action => action.StartsWith("secretsmanager:", StringComparison.Ordinal)).Order(), Actions(statements[0]).Order());
        Assert.All(Statements().Where(OnSecrets).Except(statements), other => Assert.Equal(["secretsmanager:GetSecretValue"], Actions(other)));
    }

    [Fact]
    public void Whoever_may_ask_the_model_may_ask_its_guardrail_and_no_other()
    {
        var policies = CloudTemplate.Twin.OfType("AWS::IAM::ManagedPolicy");
        var statement = Assert.Single(policies["GuardrailPolicy"]["PolicyDocument"]!["Statement"]!.AsArray())!;

        Assert.Equal(policies["ModelPolicy"]["Roles"]!.ToJsonString(), policies["GuardrailPolicy"]["Roles"]!.ToJsonString());
        Assert.EndsWith(":guardrail/${GuardrailId}", statement["Resource"]!["Fn::Sub"]!.ToString(), StringComparison.Ordinal);
        var told = CloudTemplate.Twin.Root["Globals"]!["Function"]!["Environment"]!["Variables"]!;
        Assert.Equal("GuardrailId", CloudTemplate.Target(told["Twin__Engines__Bedrock__GuardrailId"]));
        Assert.Equal("HasGuardrail", CloudTemplate.Twin.Resources["GuardrailPolicy"]!["Condition"]!.ToString());
    }

    private static bool OnSecrets(JsonNode statement) => Actions(statement).Any(action => action.StartsWith("secretsmanager:", StringComparison.Ordinal));

    private static IEnumerable<JsonNode> RoleStatements(string role) =>
        CloudTemplate.Twin.OfType("AWS::IAM::Role")[role]["Policies"]!.AsArray().SelectMany(policy => policy!["PolicyDocument"]!["Statement"]!.AsArray()).Select(statement => statement!);

    private static HashSet<string> Granted() => [.. Statements().SelectMany(Actions)];

    private static IEnumerable<string> Actions(JsonNode statement) => CloudTemplate.OneOrMany(statement["Action"]).Select(action => action.ToString());

    private static IEnumerable<JsonNode> Statements()
    {
        var inline = CloudTemplate.Twin.OfType("AWS::IAM::Role").Keys.SelectMany(RoleStatements);
        var managed = CloudTemplate.Twin.OfType("AWS::IAM::ManagedPolicy").Values;
        return inline.Concat(managed.SelectMany(policy => policy["PolicyDocument"]!["Statement"]!.AsArray()).Select(statement => statement!));
    }
}
