using System.Text.Json.Nodes;
using Amazon.Runtime;
using DigitalTwin.Aws;
using DigitalTwin.Hosting.Lambda;
using DigitalTwin.Memory;
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
    public async Task Four_steps_give_the_secret_another_key_and_keep_the_last_one_and_all_else()
    {
        using var secret = await RotatedSecret.CreateAsync(moto, "rotation/whole", Text);
        await using var host = await StartAsync(secret.Arn);
        var old = await SettingsAsync(secret);
        await secret.BeginAsync(Token(1));

        foreach (var step in Steps)
        {
            Assert.Equal("{}", await RotateAsync(host, secret, Token(1), step));
        }

        var now = (await secret.CurrentAsync()).AsObject();
        var key = now.Text("Twin:Signing:Key");
        Assert.True(key.Length >= 32 && key != FirstKey);
        var expected = JsonNode.Parse(Text)!.AsObject();
        (expected["Twin:Signing:Key"], expected["Twin:Signing:PreviousKey"]) = (key, FirstKey);
        Assert.True(JsonNode.DeepEquals(expected, now));
        Assert.Equal(Token(1), await secret.CurrentVersionAsync());
        var visitor = new DefaultHttpContext();
        var id = new VisitorCookie(old, TimeProvider.System).Ensure(visitor);
        Assert.Equal(id, new VisitorCookie(await SettingsAsync(secret), TimeProvider.System).Read(Next(visitor)));
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
    public async Task The_next_rotation_forgets_the_key_before_the_last()
    {
        using var secret = await RotatedSecret.CreateAsync(moto, "rotation/twice", Text);
        await using var host = await StartAsync(secret.Arn);
        await secret.BeginAsync(Token(1));
        await RotateAsync(host, secret, Token(1), Steps);
        var second = (await secret.CurrentAsync()).AsObject().Text("Twin:Signing:Key");
        await secret.BeginAsync(Token(2));

        await RotateAsync(host, secret, Token(2), Steps);

        var third = (await secret.CurrentAsync()).AsObject();
        Assert.Equal(second, third.Text("Twin:Signing:PreviousKey"));
        Assert.NotEqual(second, third.Text("Twin:Signing:Key"));
        Assert.DoesNotContain(FirstKey, third.ToJsonString(), StringComparison.Ordinal);
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
    [InlineData("""{"Twin:Signing:Key":"KEY","Twin:Signing:PreviousKey":"OLD"}""")]
    [InlineData("""{"Twin__Signing__Key":"KEY","twin__signing__previouskey":"OLD"}""")]
    [InlineData("""{"Twin":{"Signing":{"Key":"KEY","PreviousKey":"OLD"}}}""")]
    [InlineData("""{"Twin":{"Signing:Key":"KEY"},"Twin:Signing":{"PreviousKey":"OLD"}}""")]
    public void Keys_are_found_in_every_way_of_writing_settings(string text)
    {
        var rotated = SigningKeys.Rotated(SigningKeys.Parse(text.Replace("KEY", FirstKey, StringComparison.Ordinal)), "next");

        Assert.Equal(("next", FirstKey), (rotated.Text("Twin:Signing:Key"), rotated.Text("Twin:Signing:PreviousKey")));
        Assert.DoesNotContain("OLD", rotated.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(2, rotated.ToJsonString().Split('"').Count(part => part is "next" or FirstKey));
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

    private static async Task<MemorySettings> SettingsAsync(RotatedSecret secret)
    {
        using var configuration = new ConfigurationManager();
        var settings = new AwsSettings(AwsGate.Region, secret.Arn, null, new Dictionary<string, string>());
        await configuration.AddSecretsAsync(settings, new SecretsManager(secret.Aws.Client));
        return MemorySettings.From(configuration);
    }

    /// <summary>The browser's next request.</summary>
    private static DefaultHttpContext Next(DefaultHttpContext before)
    {
        var next = new DefaultHttpContext();
        next.Request.Headers.Cookie = before.Response.Headers.SetCookie.ToString().Split(';')[0];
        return next;
    }
}
