using System.Text.Json.Nodes;
using DigitalTwin.Aws;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace DigitalTwin.Tests.Aws;

[Collection(OneMoto.Name)]
public sealed class SecretSettingsTests(MotoServer moto)
{
    private const string Key = "signing-key-marker-0123456789abcdef0123456789";

    [Fact(Timeout = 60_000)]
    public async Task Members_are_settings_in_every_way_of_writing_them()
    {
        using var aws = new EmulatedAws(moto);
        await aws.CreateSecretAsync("settings/all", """{"Twin:Signing:Key":"a","Twin__Owner__Key":"b","Twin":{"Leads":{"Hook":"c","Hosts":["d","e"],"On":true,"Most":3,"None":null}}}""");
        await aws.CreateSecretAsync("settings/key", " sk-from-secret\n");

        var settings = await ReadAsync(aws, "settings/all", "settings/key");

        string?[] expected = ["a", "b", "c", "d", "e", "True", "3", null, "sk-from-secret"];
        string[] names = ["Signing:Key", "Owner:Key", "Leads:Hook", "Leads:Hosts:0", "Leads:Hosts:1", "Leads:On", "Leads:Most", "Leads:None", "Engines:OpenAI:ApiKey"];
        Assert.Equal(expected, names.Select(name => settings[$"Twin:{name}"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_set_otherwise_wins()
    {
        using var aws = new EmulatedAws(moto);
        await aws.CreateSecretAsync("settings/rank", """{"Twin:Owner:Key":"secret's","Twin:Empty":"secret's"}""");

        var settings = await ReadAsync(aws, "settings/rank", null, ("Twin:Owner:Key", "own"), ("Twin:Empty", ""));

        Assert.Equal(("own", "secret's"), (settings["Twin:Owner:Key"], settings["Twin:Empty"]));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("text-marker")]
    [InlineData("[\"text-marker\"]")]
    [InlineData("{\"Twin:Owner:Key\": \"text-marker\"")]
    public async Task A_secret_that_is_no_object_stops_the_start_without_being_repeated(string text)
    {
        using var aws = new EmulatedAws(moto);
        var name = $"settings/bad-{text.Length}";
        await aws.CreateSecretAsync(name, text);

        var failure = await Assert.ThrowsAsync<BadSettingsException>(() => ReadAsync(aws, name, null));

        Assert.Contains("Twin:Aws:AppSecretId", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-marker", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_twin_starts_with_the_secrets_and_says_none_of_them()
    {
        using var folder = new TempFolder();
        using var aws = new EmulatedAws(moto);
        await aws.CreateSecretAsync("twin/dev/app", new JsonObject { ["Twin:Signing:Key"] = Key, ["Twin:Owner:Key"] = TwinFixture.OwnerKey }.ToJsonString());
        await aws.CreateSecretAsync("twin/dev/llm-api-key", "sk-secret-marker");

        var (command, address) = await TwinCommand.StartAsync(folder.Path, Settings(("Twin:Aws:AppSecretId", "twin/dev/app"), ("Twin:Aws:LlmApiKeySecretId", "twin/dev/llm-api-key")));
        await using (command)
        {
            using var owner = new HttpClient { BaseAddress = address };
            owner.DefaultRequestHeaders.Authorization = new("Bearer", TwinFixture.OwnerKey);
            await owner.GetJsonAsync("/api/owner/persona");
            Assert.Contains("Engine: openai, then extractive", command.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(folder.File("data/signing.key")));
            Assert.DoesNotContain("-marker", command.Output + command.Errors, StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Twin:Aws:AppSecretId", "twin/nowhere", "ResourceNotFoundException")]
    [InlineData("Twin:Aws:LlmApiKeySecretId", "twin/nowhere", "ResourceNotFoundException")]
    [InlineData("Twin:Aws:AppSecretId", "twin/binary", "binary")]
    public async Task A_secret_that_cannot_be_read_stops_the_start_with_one_line(string setting, string secretId, string reason)
    {
        using var folder = new TempFolder();
        using var aws = new EmulatedAws(moto);
        if (secretId == "twin/binary")
        {
            await aws.SendAsync("secretsmanager", "CreateSecret", """{"Name":"twin/binary","SecretBinary":"AAEC","ClientRequestToken":"0123456789abcdef0123456789abcdef"}""");
        }

        var (exitCode, output, errors) = await TwinCommand.RunAsync(folder.Path, Settings((setting, secretId)));

        Assert.Equal((1, ""), (exitCode, output));
        var line = Assert.Single(errors.TrimEnd().Split('\n'));
        Assert.StartsWith($"The twin cannot start. {setting}: the secret {secretId} ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_there_stops_the_start_after_three_tries()
    {
        using var folder = new TempFolder();

        var (exitCode, _, errors) = await TwinCommand.RunAsync(
            folder.Path, [.. Settings(("Twin:Aws:AppSecretId", "twin/dev/app")).Where(setting => setting.Setting != "AWS_ENDPOINT_URL"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:1")]);

        Assert.Equal(1, exitCode);
        Assert.Contains("Unreachable (no answer)", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_twin_that_uses_no_AWS_does_not_mind_what_the_environment_says_of_it()
    {
        using var folder = new TempFolder();

        var (command, address) = await TwinCommand.StartAsync(folder.Path, ("AWS_REGION", "Europe/Berlin"), ("AWS_ENDPOINT_URL", "localhost:4566"), ("AWS_ENDPOINT_URL_S3", "?"));

        await using (command)
        {
            using var visitor = new HttpClient { BaseAddress = address };
            await visitor.AskAsync("When were you born?");
        }
    }

    [Theory(Timeout = 60_000)]
    [InlineData("Twin:Storage:Provider=Aws", "Twin:Storage:TableName=table", "Twin:Storage:BucketName=bucket")]
    [InlineData("Twin:Jobs:QueueUrl=http://localhost/queue")]
    [InlineData("Twin:Engines:Bedrock:ModelId=model")]
    [InlineData("Twin:Knowledge:Retriever=KnowledgeBase", "Twin:Knowledge:KnowledgeBaseId=ABCDE12345")]
    [InlineData("Twin:Aws:AppSecretId=a")]
    public async Task One_that_uses_it_names_what_is_wrong_there(params string[] use)
    {
        using var folder = new TempFolder();
        var settings = use.Select(setting => (setting.Split('=')[0], setting.Split('=')[1]));

        var (exitCode, _, errors) = await TwinCommand.RunAsync(folder.Path, [("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL", "localhost:4566"), .. settings]);

        Assert.Equal(1, exitCode);
        Assert.Contains("AWS_ENDPOINT_URL must be", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Twin:Aws:Region", "Twin:Aws:AppSecretId=a")]
    [InlineData("Twin:Aws:SecretLifetime", "Twin:Aws:SecretLifetime=00:05:01")]
    [InlineData("Twin:Aws:SecretLifetime", "Twin:Aws:SecretLifetime=00:00:00")]
    [InlineData("Twin:Aws:Region", "AWS_REGION=Europe/Berlin")]
    [InlineData("Twin:Aws:Region", "AWS_REGION=evil.example")]
    [InlineData("AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SQS=localhost:4566")]
    [InlineData("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL=http://user:pass-marker@localhost")]
    public void A_bad_setting_is_named(string named, string setting)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(setting.Split('=')[0], (string?)setting.Split('=')[1])]).Build();

        var problem = Assert.Single(AwsSettings.From(configuration).Problems());

        Assert.Contains(named, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("-marker", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://sqs.eu-central-1.amazonaws.com/", "eu-central-1")]
    [InlineData("https://sqs.cn-north-1.amazonaws.com.cn/", "cn-north-1")]
    [InlineData("http://127.0.0.1:4566/", "eu-central-1", "AWS_ENDPOINT_URL=http://127.0.0.1:4566")]
    [InlineData("http://127.0.0.1:4567/", "eu-central-1", "AWS_ENDPOINT_URL=http://127.0.0.1:4566", "AWS_ENDPOINT_URL_SQS=http://127.0.0.1:4567")]
    [InlineData("https://sqs.eu-central-1.amazonaws.com/", "eu-central-1", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME=http://127.0.0.1:4566")]
    public void The_services_own_address_goes_before_that_for_all_and_that_before_awss(string address, string region, params string[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Split('=')[0], (string?)s.Split('=')[1]))).Build();

        Assert.Equal(new Uri(address), AwsSettings.From(configuration).AddressOf(AwsService.Sqs, region));
    }

    private static async Task<IConfiguration> ReadAsync(EmulatedAws aws, string appSecret, string? apiKey, params (string Name, string Value)[] own)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(own.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        var secrets = new SecretSettings(EmulatedAws.SettingsFor(new Uri("http://localhost")) with { AppSecretId = appSecret, LlmApiKeySecretId = apiKey }, configuration);
        await secrets.ReadAsync(new SecretsManager(aws.Client), TestContext.Current.CancellationToken);
        ((IConfigurationBuilder)configuration).Add(secrets);
        return configuration;
    }

    private (string Setting, string Value)[] Settings(params (string Setting, string Value)[] own) =>
    [
        ("AWS_ENDPOINT_URL", moto.Gate.Address), ("AWS_REGION", AwsGate.Region), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "aws-secret-marker"), .. own,
    ];
}
