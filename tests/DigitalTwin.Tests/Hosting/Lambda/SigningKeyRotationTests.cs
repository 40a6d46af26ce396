using System.Text.Json.Nodes;
using Amazon.Runtime;
using DigitalTwin.Aws;
using DigitalTwin.Hosting.Lambda;
using DigitalTwin.Memory;
using DigitalTwin.Tests.Aws;
using DigitalTwin.Tests.Testing;
using DigitalTwin.Tests.Testing.Lambda;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>The signing key is rotated by events, against an emulator that keeps versions and stages.</summary>
[Collection(OneMoto.Name)]
public sealed class SigningKeyRotationTests(MotoServer moto)
{
    private const string FirstKey = "first-signing-key-marker-0123456789abcdef";
    private const string Text = """{"Twin:Owner:Key":"größe-marker","Twin":{"Leads":{"Most":3,"Hosts":["a",null]}},"Twin:Signing:Key":""" + $"\"{FirstKey}\"}}";
    private static readonly string[] Steps = ["createSecret", "setSecret", "testSecret", "finishSecret"];

    [Fact(Timeout = 60_000)]
    public async Task Four_steps_give_the_secret_a_next_key_and_keep_all_else()
    {
        using var secret = await RotatedSecret.CreateAsync(moto, "rotation/whole", Text);
        await using var host = await StartAsync(secret.Arn);
        await secret.BeginAsync(Token(1));

        foreach (var step in Steps)
        {
            Assert.Equal("{}", await RotateAsync(host, secret, Token(1), step));
        }

        var now = (await secret.CurrentAsync()).AsObject();
        var next = now.Text("Twin:Signing:NextKey");
        Assert.True(next.Length >= 32 && next != FirstKey);
        var expected = JsonNode.Parse(Text)!.AsObject();
        expected["Twin:Signing:NextKey"] = next;
        Assert.True(JsonNode.DeepEquals(expected, now));
        Assert.Equal(Token(1), await secret.CurrentVersionAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task From_the_second_on_each_rotation_lets_the_next_key_sign_and_keeps_the_last()
    {
        using var secret = await RotatedSecret.CreateAsync(moto, "rotation/twice", Text);
        await using var host = await StartAsync(secret.Arn);
        var keys = new List<(string Key, string? Previous, string Next)>();
        for (var i = 1; i <= 3; i++)
        {
            await secret.BeginAsync(Token(i));
            await RotateAsync(host, secret, Token(i), Steps);
            var now = (await secret.CurrentAsync()).AsObject();
            keys.Add((now.Text("Twin:Signing:Key"), now["Twin:Signing:PreviousKey"]?.ToString(), now.Text("Twin:Signing:NextKey")));
        }

        Assert.Equal((FirstKey, null), (keys[0].Key, keys[0].Previous));
        Assert.Equal((keys[0].Next, FirstKey), (keys[1].Key, keys[1].Previous));
        Assert.Equal((keys[1].Next, keys[1].Key), (keys[2].Key, keys[2].Previous));
        Assert.Equal(4, keys.SelectMany(one => new[] { one.Key, one.Next }).Distinct().Count());
    }

    /// <summary>Instances learn of a rotation each at its own time; between them nobody becomes a stranger.</summary>
    [Fact(Timeout = 60_000)]
    public async Task An_instance_that_knows_of_a_rotation_and_one_that_does_not_yet_take_each_others_visitors()
    {
        using var secret = await RotatedSecret.CreateAsync(moto, "rotation/mixed", Text);
        await using var host = await StartAsync(secret.Arn);
        var instances = new List<VisitorCookie> { await InstanceAsync(secret) };
        for (var i = 1; i <= 3; i++)
        {
            await secret.BeginAsync(Token(i));
            await RotateAsync(host, secret, Token(i), Steps);
            instances.Add(await InstanceAsync(secret));
        }

        foreach (var (before, after) in instances.Zip(instances.Skip(1)))
        {
            var (old, young) = (new DefaultHttpContext(), new DefaultHttpContext());
            Assert.Equal(before.Ensure(old), after.Read(Next(old)));
            Assert.Equal(after.Ensure(young), before.Read(Next(young)));
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_step_that_comes_again_changes_nothing()
    {
        using var secret = await RotatedSecret.CreateAsync(moto, "rotation/again", Text);
        await using var host = await StartAsync(secret.Arn);
        await secret.BeginAsync(Token(1));

        await RotateAsync(host, secret, Token(1), "createSecret");
        var made = await secret.TextAsync(Token(1));
        await RotateAsync(host, secret, Token(1), "createSecret");
        Assert.Equal(made, await secret.TextAsync(Token(1)));

        foreach (var step in Steps.Concat(Steps).Append("finishSecret"))
        {
            await RotateAsync(host, secret, Token(1), step);
        }

        Assert.Equal((Token(1), made), (await secret.CurrentVersionAsync(), await secret.TextAsync(Token(1))));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_owner_changed_meanwhile_is_not_lost()
    {
        using var secret = await RotatedSecret.CreateAsync(moto, "rotation/meanwhile", Text);
        await using var host = await StartAsync(secret.Arn);
        await secret.PutAsync(Token(1), SigningKeys.Rotated(SigningKeys.Parse(Text), "second" + FirstKey).ToJsonString(), "AWSPENDING");
        await RotateAsync(host, secret, Token(1), "testSecret");
        var changed = Text.Replace("größe-marker", "changed-marker", StringComparison.Ordinal);
        await secret.PutAsync(Token(2), changed, "AWSCURRENT");

        foreach (var step in Steps[2..])
        {
            await FailsAsync(host, secret, Token(1), step, "Runtime.BadSettingsException");
        }

        Assert.Equal((Token(2), changed), (await secret.CurrentVersionAsync(), await secret.TextAsync(Token(2))));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_new_schedules_trial_with_a_copy_passes_but_is_no_rotation()
    {
        using var secret = await RotatedSecret.CreateAsync(moto, "rotation/trial", Text);
        await using var host = await StartAsync(secret.Arn);
        await secret.PutAsync(Token(1), Text, "AWSPENDING");

        Assert.Equal("{}", await RotateAsync(host, secret, Token(1), "testSecret"));
        await FailsAsync(host, secret, Token(1), "finishSecret", "Runtime.BadSettingsException");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("{}")]
    [InlineData("text-marker")]
    [InlineData("[\"text-marker\"]")]
    [InlineData("""{"Twin:Signing:Key":"short-marker"}""")]
    [InlineData("""{"Twin:Signing:Key":{"text-marker":1}}""")]
    [InlineData("""{"Twin:Signing:Key":"first-signing-key-marker-0123456789abcdef","Twin:Signing:PreviousKey":"another-marker"}""")]
    [InlineData("""{"Twin:Signing:Key":"first-signing-key-marker-0123456789abcdef","Twin:Signing:NextKey":"next-signing-key-marker-0123456789abcdef"}""")]
    public async Task A_pending_version_that_is_none_of_ours_never_becomes_current(string pending)
    {
        using var secret = await RotatedSecret.CreateAsync(moto, $"rotation/bad-{pending.Length}", Text);
        await using var host = await StartAsync(secret.Arn);
        await secret.PutAsync(Token(1), pending, "AWSPENDING");

        foreach (var step in Steps[2..])
        {
            await FailsAsync(host, secret, Token(1), step, "Runtime.BadSettingsException");
            var failure = await Assert.ThrowsAsync<BadSettingsException>(() =>
                host.Services.GetRequiredService<ISecretRotation>().RotateAsync(new RotationStep(step, secret.Arn, Token(1)), TestContext.Current.CancellationToken));
            Assert.DoesNotContain("-marker", failure.ToString(), StringComparison.Ordinal);
        }

        Assert.NotEqual(Token(1), await secret.CurrentVersionAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_no_rotation_of_this_secret_is_refused()
    {
        using var secret = await RotatedSecret.CreateAsync(moto, "rotation/refused", Text);
        using var foreign = await RotatedSecret.CreateAsync(moto, "rotation/foreign", Text);
        using var still = await RotatedSecret.CreateAsync(moto, "rotation/still", Text, rotates: false);
        await foreign.BeginAsync(Token(1));
        await secret.BeginAsync(Token(1));
        await using var host = await StartAsync(secret.Arn);
        await using var stillHost = await StartAsync(still.Arn);
        await using var without = await StartAsync("");

        await FailsAsync(host, foreign, Token(1), "createSecret", "Runtime.BadEvent", "names another secret");
        await FailsAsync(host, secret, Token(2), "createSecret", "Runtime.BadEvent", "not the pending one");
        await FailsAsync(host, secret, Token(1), "dropSecret", "Runtime.BadEvent", "no such step");
        await FailsAsync(stillHost, still, Token(1), "createSecret", "Runtime.BadEvent", "not enabled");
        await FailsAsync(without, secret, Token(1), "createSecret", "Runtime.BadEvent", "nothing to do");
        await secret.PutAsync(Token(2), Text, "AWSPENDING");
        await FailsAsync(host, secret, Token(1), "createSecret", "Runtime.BadEvent", "not the pending one");
    }

    [Theory]
    [InlineData("""{"Twin:Signing:Key":"KEY","Twin:Signing:PreviousKey":"OLD","Twin:Signing:NextKey":"NEXT"}""")]
    [InlineData("""{"Twin__Signing__Key":"KEY","twin__signing__previouskey":"OLD","TWIN__Signing__NextKey":"NEXT"}""")]
    [InlineData("""{"Twin":{"Signing":{"Key":"KEY","PreviousKey":"OLD","NextKey":"NEXT"}}}""")]
    [InlineData("""{"Twin":{"Signing:Key":"KEY"},"Twin:Signing":{"PreviousKey":"OLD","NextKey":"NEXT"}}""")]
    public void Keys_are_found_in_every_way_of_writing_settings(string text)
    {
        const string next = "next-signing-key-marker-0123456789abcdef";
        var rotated = SigningKeys.Rotated(
            SigningKeys.Parse(text.Replace("\"KEY\"", $"\"{FirstKey}\"", StringComparison.Ordinal).Replace("\"NEXT\"", $"\"{next}\"", StringComparison.Ordinal)), "after");

        string[] names = ["Key", "PreviousKey", "NextKey"];
        Assert.Equal([next, FirstKey, "after"], names.Select(name => rotated.Text($"Twin:Signing:{name}")));
        Assert.DoesNotContain("OLD", rotated.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(3, rotated.ToJsonString().Split('"').Count(part => part is "after" or next or FirstKey));
    }

    private Task<LambdaHost> StartAsync(string secretArn) => LambdaHost.StartAsync(
        services => services.AddSingleton<AWSCredentials>(new BasicAWSCredentials("test", "test")),
        settings: [("AWS_ENDPOINT_URL", moto.Gate.Address), ("AWS_REGION", AwsGate.Region), ("Twin:Lambda:RotatedSecretId", secretArn)]);

    private static string Token(int number) => $"a1b2c3d4-5678-90ab-cdef-EXAMPLE0000{number}";

    private static string Event(RotatedSecret secret, string token, string step)
    {
        var json = JsonNode.Parse(RecordedEvent.Text("rotation"))!;
        (json["Step"], json["SecretId"], json["ClientRequestToken"]) = (step, secret.Arn, token);
        return json.ToJsonString();
    }

    private static async Task<string> RotateAsync(LambdaHost host, RotatedSecret secret, string token, params string[] steps)
    {
        var answer = "";
        foreach (var step in steps)
        {
            using var call = host.Runtime.Invoke(Event(secret, token, step));
            answer = await call.Answer;
        }

        return answer;
    }

    private static async Task FailsAsync(LambdaHost host, RotatedSecret secret, string token, string step, string type, string reason = "the log says why")
    {
        using var call = host.Runtime.Invoke(Event(secret, token, step));
        var failure = await Assert.ThrowsAsync<LambdaFailedException>(() => call.Answer);
        Assert.Equal(type, failure.Error.Type);
        Assert.Contains(reason, failure.Error.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("-marker", failure.Error.Body, StringComparison.Ordinal);
    }

    /// <summary>The cookies of an instance that reads the secret now.</summary>
    private static async Task<VisitorCookie> InstanceAsync(RotatedSecret secret)
    {
        var configuration = new ConfigurationManager();
        var settings = EmulatedAws.SettingsFor(new Uri("http://localhost")) with { AppSecretId = secret.Arn };
        var secrets = new SecretSettings(settings, configuration);
        await secrets.ReadAsync(new SecretsManager(secret.Aws.Client), TestContext.Current.CancellationToken);
        ((IConfigurationBuilder)configuration).Add(secrets);
        return new VisitorCookie(new(() => MemorySettings.From(configuration)), TimeProvider.System);
    }

    /// <summary>The browser's next request.</summary>
    private static DefaultHttpContext Next(DefaultHttpContext before)
    {
        var next = new DefaultHttpContext();
        next.Request.Headers.Cookie = before.Response.Headers.SetCookie.ToString().Split(';')[0];
        return next;
    }
}
