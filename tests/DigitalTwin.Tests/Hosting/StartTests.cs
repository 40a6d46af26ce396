using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Hosting;

/// <summary>Bad settings stop the start with one line that names the setting, and with an exit code that a script sees.</summary>
public sealed class StartTests : IDisposable
{
    private static readonly (string Setting, string Value)[] Aws =
        [("Twin:Storage:Provider", "Aws"), ("Twin:Storage:TableName", "twin"), ("Twin:Storage:BucketName", "twin"), ("AWS_REGION", "eu-central-1")];

    private static readonly (string Setting, string Value)[] AwsKeys =
        [("Twin:Owner:Key", TwinFixture.OwnerKey), ("Twin:Signing:Key", "a-signing-key-of-the-tests-0123456789")];

    private static readonly Dictionary<string, (string Setting, string Value)[]> Bad = new()
    {
        ["Twin:Persona:SeedPath, a folder that is not there"] = [("Twin:Persona:SeedPath", "{folder}/nowhere")],
        ["Twin:Persona:SeedPath, an empty folder"] = [("Twin:Persona:SeedPath", "{folder}/empty")],
        ["Twin:Engines:Chain, an unknown engine"] = [("Twin:Engines:Chain", "oracle")],
        ["Twin:Engines:OpenAI:ApiKey, missing"] = [("Twin:Engines:Chain", "openai")],
        ["Twin:Engines:OpenAI:BaseUrl, no address"] = [("Twin:Engines:OpenAI:BaseUrl", "ftp://models.example")],
        ["Twin:Engines:TokenTimeout, no time"] = [("Twin:Engines:TokenTimeout", "soon")],
        ["Twin:Engines:Bedrock:Region, missing"] = [("Twin:Engines:Bedrock:ModelId", "m"), ("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "")],
        ["Twin:Aws:Region, no region"] = [("Twin:Aws:Region", "Mars!")],
        ["Twin:Knowledge:Retriever, an unknown one"] = [("Twin:Knowledge:Retriever", "Oracle")],
        ["Twin:Knowledge:KnowledgeBaseId, missing"] = [("Twin:Knowledge:Retriever", "KnowledgeBase")],
        ["Twin:Storage:Provider, an unknown one"] = [("Twin:Storage:Provider", "Floppy")],
        ["Twin:Storage:TableName, missing"] = [("Twin:Storage:Provider", "Aws"), ("Twin:Storage:BucketName", "twin"), .. AwsKeys],
        ["Twin:Storage:BucketName, missing"] = [("Twin:Storage:Provider", "Aws"), ("Twin:Storage:TableName", "twin"), .. AwsKeys],
        ["Twin:Storage:BucketName, capital letters"] = [.. Aws, ("Twin:Storage:BucketName", "Twin"), .. AwsKeys],
        ["Twin:Owner:Key, missing on AWS"] = [.. Aws, AwsKeys[1]],
        ["Twin:Signing:Key, missing on AWS"] = [.. Aws, AwsKeys[0]],
        ["Twin:Storage:Provider, without a region"] = [.. Aws, .. AwsKeys, ("AWS_REGION", ""), ("AWS_CONFIG_FILE", "{folder}/none"), ("AWS_EC2_METADATA_DISABLED", "true")],
        ["Twin:Owner:Key, too short"] = [("Twin:Owner:Key", "s3cret-k")],
        ["Twin:Signing:Key, too short"] = [("Twin:Signing:Key", "s3cret-k")],
        ["Twin:Memory:RetentionDays, zero"] = [("Twin:Memory:RetentionDays", "0")],
        ["Twin:Memory:RetentionDays, a word"] = [("Twin:Memory:RetentionDays", "forever")],
        ["Twin:Limits:Enabled, neither true nor false"] = [("Twin:Limits:Enabled", "perhaps")],
        ["Twin:LogLevel, an unknown one"] = [("Twin:LogLevel", "Chatty")],
        ["Twin:DataPath, a file"] = [("Twin:DataPath", "{folder}/file")],
    };

    private readonly TempFolder folder = new();

    public static TheoryData<string> BadSettings => [.. Bad.Keys];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(BadSettings))]
    public async Task A_bad_setting_stops_the_start_with_one_line_that_names_it(string name)
    {
        Directory.CreateDirectory(folder.File("empty"));
        await File.WriteAllTextAsync(folder.File("file"), "", TestContext.Current.CancellationToken);

        var ended = await TwinCommand.RunAsync(
            folder.Path, [.. Bad[name].Select(setting => (setting.Setting, setting.Value.Replace("{folder}", folder.Path, StringComparison.Ordinal)))]);

        AssertOneLine(ended, name.Split(',')[0]);
        Assert.DoesNotContain("s3cret-k", ended.Errors + ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("profile.json", "{\"name\": \"Otto\"", "profile.json")]
    [InlineData("profile.json", "null", "profile.json")]
    [InlineData("profile.json", "{\"name\": \"Otto\", \"headline\": \"B\", \"greeting\": \"C\", \"suggestions\": [], \"accent\": \"yellow\"}", "accent")]
    [InlineData("profile.json", "{\"name\": \"Otto\", \"shoeSize\": 44}", "profile.json")]
    [InlineData("me.txt", " \n", "me")]
    [InlineData("knowledge/honey.md", "\0\u0001", "Honey")]
    public async Task A_bad_seed_stops_the_start_with_one_line_that_names_the_file(string file, string content, string named)
    {
        TestPersona.WriteTo(folder.File("seed"));
        await File.WriteAllTextAsync(folder.File("seed/" + file), content, TestContext.Current.CancellationToken);

        var ended = await TwinCommand.RunAsync(folder.Path, ("Twin:Persona:SeedPath", folder.File("seed")));

        AssertOneLine(ended, "Twin:Persona:SeedPath");
        Assert.Contains(named, ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_process_on_one_data_folder_is_told_so()
    {
        await using var first = TwinFixture.Start(folder.File("data"));

        var second = await TwinCommand.RunAsync(folder.Path, ("Twin:DataPath", folder.File("data")));

        AssertOneLine(second, folder.File("data"));
        Assert.Contains("in use by another process", second.Errors, StringComparison.Ordinal);
        using var visitor = first.NewVisitor();
        await visitor.AskAsync("When were you born?");
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var first = TwinFixture.Start();

        var second = await TwinCommand.RunAsync(folder.Path, ("ASPNETCORE_URLS", first.Address.ToString().TrimEnd('/')));

        AssertOneLine(second, $":{first.Address.Port}");
    }

    [Fact]
    public async Task A_failed_start_can_be_repeated_with_better_settings()
    {
        var failed = await TwinCommand.RunAsync(folder.Path, ("Twin:Persona:SeedPath", folder.Path));
        AssertOneLine(failed, "me.txt");

        var (command, address) = await TwinCommand.StartAsync(folder.Path);

        await using (command)
        {
            using var client = new HttpClient { BaseAddress = address };
            Assert.Equal("Ada Lovelace", (await client.GetJsonAsync("/api/persona")).Text("name"));
            Assert.Contains(folder.File("data/owner.key"), command.Output, StringComparison.Ordinal);
            Assert.Empty(command.Errors);
            var key = await File.ReadAllTextAsync(folder.File("data/owner.key"), TestContext.Current.CancellationToken);
            Assert.DoesNotContain(key.Trim(), command.Output, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("data/owner.key")));
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("data/signing.key")));
            }
        }
    }

    private static void AssertOneLine((int ExitCode, string Output, string Errors) ended, string named)
    {
        Assert.True(ended.ExitCode == 1, $"Exit code {ended.ExitCode}:\n{ended.Output}{ended.Errors}");
        Assert.Contains(named, Assert.Single(ended.Errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", ended.Errors + ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Errors + ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(" ERR ", ended.Output, StringComparison.Ordinal);
    }
}
