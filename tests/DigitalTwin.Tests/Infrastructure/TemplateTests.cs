using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Infrastructure;

/// <summary>What must hold of the templates, and no linter knows.</summary>
public sealed partial class TemplateTests
{
    // AWS's own policies; CloudFront knows them by these.
    private const string CachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
    private const string AllViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

    private static readonly string[] Outputs =
    [
        "FrontendBucketName", "MemoryBucketName", "ApiEndpoint", "CloudFrontDomain", "LambdaFunctionName", "StreamUrl", "TableName", "QueueUrl",
    ];

    private static JsonObject Distribution =>
        CloudTemplate.Twin.OfType("AWS::CloudFront::Distribution").Values.Single()["DistributionConfig"]!.AsObject();

    private static IEnumerable<JsonObject> Behaviours =>
        Distribution["CacheBehaviors"]!.AsArray().Append(Distribution["DefaultCacheBehavior"]).Select(behaviour => behaviour!.AsObject());

    [Fact]
    public void Every_behaviour_points_at_an_origin_that_is_there()
    {
        var origins = Distribution["Origins"]!.AsArray().Select(origin => origin!["Id"]!.ToString()).ToArray();

        Assert.All(Behaviours, behaviour => Assert.Contains(behaviour["TargetOriginId"]!.ToString(), origins));
        Assert.Equal(origins.Order(), Behaviours.Select(behaviour => behaviour["TargetOriginId"]!.ToString()).Distinct().Order());
    }

    [Theory]
    [InlineData("/", "api")]
    [InlineData("/s/s-4PFBGDqUwQdm8CQYogiapw", "api")]
    [InlineData("/health/ready", "api")]
    [InlineData("/api/chat", "api")]
    [InlineData("/api/owner/persona", "api")]
    [InlineData("/webhooks/whatsapp", "api")]
    [InlineData("/api/chat/stream", "stream")]
    [InlineData("/api/chat/turns/t-1/stream", "stream")]
    [InlineData("/api/memory/export", "stream")]
    [InlineData("/assets/index-BlbzmWn6.js", "frontend")]
    [InlineData("/widget.js", "frontend")]
    public void Each_path_reaches_its_origin(string path, string origin) => Assert.Equal(origin, BehaviourOf(path)["TargetOriginId"]!.ToString());

    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/api/memory/sessions")]
    [InlineData("/api/chat/stream")]
    [InlineData("/webhooks/whatsapp")]
    public void Nothing_of_one_visitor_is_kept_for_another(string path) =>
        Assert.Equal(CachingDisabled, BehaviourOf(path)["CachePolicyId"]!.ToString());

    /// <summary>The origins are told by their own names, and of the visitor by the function alone: it writes over what a visitor sends.</summary>
    [Fact]
    public void Origins_get_their_own_host_and_hear_of_the_visitor_from_the_function()
    {
        var function = CloudTemplate.Twin.OfType("AWS::CloudFront::Function")["VisitorHeaders"]["FunctionCode"]!.ToString();
        var ours = Behaviours.Where(behaviour => behaviour["TargetOriginId"]!.ToString() != "frontend").ToArray();

        Assert.Contains("headers['x-forwarded-host'] = { value: request.headers.host.value }", function, StringComparison.Ordinal);
        Assert.Contains("headers['x-viewer-address'] = { value: event.viewer.ip }", function, StringComparison.Ordinal);
        Assert.NotEmpty(ours);
        Assert.All(ours, behaviour =>
        {
            Assert.Equal(AllViewerExceptHostHeader, behaviour["OriginRequestPolicyId"]!.ToString());
            Assert.Equal("viewer-request", behaviour["FunctionAssociations"]![0]!["EventType"]!.ToString());
        });
    }

    [Fact]
    public void Every_static_file_of_the_build_is_served_from_the_bucket()
    {
        var root = Repository.Path("src", "DigitalTwin", "wwwroot");
        var files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Select(file => "/" + Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.EndsWith(".html", StringComparison.Ordinal) && file != "/build.json");

        Assert.All(files, file => Assert.Equal("frontend", BehaviourOf(file)["TargetOriginId"]!.ToString()));
    }

    [Fact]
    public void Streams_are_not_compressed_and_errors_are_not_turned_into_pages()
    {
        Assert.All(
            Behaviours.Where(behaviour => behaviour["TargetOriginId"]!.ToString() == "stream"), behaviour => Assert.Equal("false", behaviour["Compress"]!.ToString()));
        Assert.All(Distribution["CustomErrorResponses"]!.AsArray(), error => Assert.Null(error!["ResponsePagePath"]));
        Assert.All(Distribution["CustomErrorResponses"]!.AsArray(), error => Assert.Equal("0", error!["ErrorCachingMinTTL"]!.ToString()));
    }

    [Fact]
    public void Every_behaviour_wants_https() =>
        Assert.All(Behaviours, behaviour => Assert.Matches("^(https-only|redirect-to-https)$", behaviour["ViewerProtocolPolicy"]!.ToString()));

    [Fact]
    public void No_secret_is_written_down()
    {
        var secrets = CloudTemplate.Twin.OfType("AWS::SecretsManager::Secret");

        Assert.All(secrets, secret => Assert.True(string.IsNullOrWhiteSpace(secret.Value["SecretString"]?.ToString()), secret.Key));
        foreach (var file in Templates())
        {
            Assert.DoesNotMatch(KnownKeys(), File.ReadAllText(file));
        }

        // Functions are told where a secret is, never what it is.
        var told = CloudTemplate.Twin.OfType("AWS::Serverless::Function").Values.Select(function => function["Environment"])
            .Append(CloudTemplate.Twin.Root["Globals"]!["Function"]!["Environment"])
            .SelectMany(environment => CloudTemplate.Values(environment)).ToArray();
        Assert.NotEmpty(told);
        Assert.DoesNotContain(told, value => value.Value.Contains("{{resolve", StringComparison.Ordinal));
        Assert.DoesNotContain(told, value => SecretNames().IsMatch(value.Path) && !value.Path.Contains("SecretId", StringComparison.Ordinal));
    }

    [Fact]
    public void A_firewall_for_CloudFront_is_made_in_us_east_1_only()
    {
        Assert.Empty(CloudTemplate.Twin.OfType("AWS::WAFv2::WebACL"));
        var waf = CloudTemplate.Load("infra", "waf.yaml");

        Assert.Equal("CLOUDFRONT", waf.OfType("AWS::WAFv2::WebACL").Values.Single()["Scope"]!.ToString());
        Assert.Contains(
            CloudTemplate.Values(waf.Root["Rules"]!.AsObject().Single().Value!["Assertions"]), value => value.Path.Contains("Assert/Fn::Equals", StringComparison.Ordinal) && value.Value == "us-east-1");
    }

    [Fact]
    public void Buckets_are_closed_and_those_without_access_lists_enforce_their_owner() =>
        Assert.All(CloudTemplate.Twin.OfType("AWS::S3::Bucket"), bucket =>
        {
            Assert.All(bucket.Value["PublicAccessBlockConfiguration"]!.AsObject(), block => Assert.Equal("true", block.Value!.ToString()));
            Assert.Equal(4, bucket.Value["PublicAccessBlockConfiguration"]!.AsObject().Count);
            var owner = bucket.Value["OwnershipControls"]!["Rules"]![0]!["ObjectOwnership"]!.ToString();
            Assert.Equal(bucket.Key == "EdgeLogsBucket" ? "BucketOwnerPreferred" : "BucketOwnerEnforced", owner);
        });

    [Fact]
    public void What_holds_data_outlives_the_stack_in_production()
    {
        string[] types = ["AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::KMS::Key", "AWS::SQS::Queue", "AWS::Logs::LogGroup"];
        var holders = CloudTemplate.Twin.Resources.Where(resource => types.Contains(resource.Value!["Type"]!.ToString())).ToArray();

        Assert.NotEmpty(holders);
        Assert.All(holders, holder =>
        {
            // A table that is protected cannot be deleted by a rollback, which would fail of it.
            Assert.Equal(holder.Key == "Table" ? "Replacement" : "Removal", holder.Value!["DeletionPolicy"]!["Fn::FindInMap"]![2]!.ToString());
            Assert.Equal("Replacement", holder.Value!["UpdateReplacePolicy"]!["Fn::FindInMap"]![2]!.ToString());
        });
        var prod = CloudTemplate.Twin.Root["Mappings"]!["Environments"]!["prod"]!;
        Assert.Equal(("RetainExceptOnCreate", "Retain"), (prod["Removal"]!.ToString(), prod["Replacement"]!.ToString()));
    }

    /// <summary>CloudFormation replaces a budget whose subscribers change: the new one is made first, so it needs a name of its own.</summary>
    [Fact]
    public void Another_address_makes_a_budget_of_another_name()
    {
        var budget = CloudTemplate.Twin.OfType("AWS::Budgets::Budget").Values.Single();

        Assert.Contains(CloudTemplate.Values(budget["NotificationsWithSubscribers"]), value => value.Value == "AlarmEmail");
        Assert.Contains("${AlarmEmail}", budget["Budget"]!["BudgetName"]!["Fn::Sub"]!.ToString(), StringComparison.Ordinal);
    }

    /// <summary>CloudFormation takes neither aliases nor merges, and not every tool resolves them.</summary>
    [Theory]
    [InlineData("serverless.template")]
    [InlineData("infra", "waf.yaml")]
    [InlineData("infra", "pipeline.yaml")]
    public void No_template_has_aliases(params string[] template) => Assert.DoesNotMatch(Alias(), File.ReadAllText(Repository.Path(template)));

    [Fact]
    public void The_queue_gives_the_worker_six_times_its_time()
    {
        var worker = CloudTemplate.Twin.OfType("AWS::Serverless::Function")["WorkerFunction"];
        var queue = CloudTemplate.Twin.OfType("AWS::SQS::Queue")["Queue"];

        Assert.True(int.Parse(queue["VisibilityTimeout"]!.ToString(), CultureInfo.InvariantCulture) >= 6 * int.Parse(worker["Timeout"]!.ToString(), CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_sweep_that_failed_is_not_repeated_beside_the_next()
    {
        var worker = CloudTemplate.Twin.OfType("AWS::Serverless::Function")["WorkerFunction"];

        Assert.Equal("0", worker["EventInvokeConfig"]!["MaximumRetryAttempts"]!.ToString());
        Assert.Equal("0", worker["Events"]!["EveryMinute"]!["Properties"]!["RetryPolicy"]!["MaximumRetryAttempts"]!.ToString());
    }

    [Fact]
    public void All_functions_are_the_same_artifact_each_with_a_log_group_of_its_own()
    {
        var functions = CloudTemplate.Twin.OfType("AWS::Serverless::Function");

        Assert.Single(functions.Values.Select(function => function["CodeUri"]!.ToString()).Distinct());
        Assert.Equal("DigitalTwin", CloudTemplate.Twin.Root["Globals"]!["Function"]!["Handler"]!.ToString());
        Assert.Equal(functions.Count, functions.Values.Select(function => CloudTemplate.Target(function["LoggingConfig"]!["LogGroup"])).Distinct().Count());
    }

    [Fact]
    public void The_outputs_are_those_that_others_read() =>
        Assert.Equal(Outputs.Order(), CloudTemplate.Twin.Root["Outputs"]!.AsObject().Select(output => output.Key).Order());

    [Fact]
    public void The_guide_says_what_to_do_for_each_alarm()
    {
        var guide = File.ReadAllText(Repository.Path("docs", "operations.md"));
        var alarms = CloudTemplate.Twin.OfType("AWS::CloudWatch::Alarm").Values
            .Select(alarm => alarm["AlarmName"]!["Fn::Sub"]!.ToString().Replace("digital-twin-chat-${Environment}-", "", StringComparison.Ordinal)).ToArray();

        Assert.NotEmpty(alarms);
        Assert.All(alarms, alarm => Assert.Contains($"`{alarm}`", guide, StringComparison.Ordinal));
    }

    private static JsonObject BehaviourOf(string path) =>
        Behaviours.First(behaviour => behaviour["PathPattern"] is not { } pattern || Regex.IsMatch(path, "^" + Regex.Escape(pattern.ToString()).Replace(@"\*", ".*") + "$"));

    private static IEnumerable<string> Templates() =>
        Directory.EnumerateFiles(Repository.Path("infra")).Append(Repository.Path("serverless.template")).Append(Repository.Path("aws-lambda-tools-defaults.json"));

    [GeneratedRegex(@"AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|sk-[A-Za-z0-9]{20,}|-----BEGIN|EAA[A-Za-z0-9]{40,}")]
    private static partial Regex KnownKeys();

    [GeneratedRegex(@"(^|[\s:\[,-])([&*][A-Za-z]|<<:)", RegexOptions.Multiline)]
    private static partial Regex Alias();

    [GeneratedRegex("key|secret|token|password", RegexOptions.IgnoreCase)]
    private static partial Regex SecretNames();
}
