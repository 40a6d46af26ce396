using DigitalTwin.Hosting;
using DigitalTwin.Jobs;
using DigitalTwin.Knowledge;
using DigitalTwin.Memory;
using DigitalTwin.Owner;
using DigitalTwin.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests;

public sealed class TwinSettingsTests
{
    [Theory]
    [InlineData("Twin:Jobs:LeaseSeconds", "1", "3600", "0", "3601")]
    [InlineData("Twin:Memory:RetentionDays", "1", "3650", "0", "3651")]
    [InlineData("Twin:Memory:TranscriptAfterSeconds", "1", "86400", "0", "86401")]
    [InlineData("Twin:Owner:Key", "0123456789abcdef", "0123456789abcdef0", "0123456789abcde", " ")]
    [InlineData("Twin:Signing:Key", "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef0", "0123456789abcdef0123456789abcde", "")]
    [InlineData("Twin:Signing:PreviousKey", "0123456789abcdef0123456789abcdef", null, "0123456789abcdef0123456789abcde", "")]
    [InlineData("Twin:Signing:NextKey", "0123456789abcdef0123456789abcdef", null, "0123456789abcdef0123456789abcde", "")]
    [InlineData("Twin:Storage:Provider", "embedded", "", "Elsewhere", "Aws ")]
    [InlineData("Twin:Knowledge:Retriever", "index", "", "Elsewhere", "Knowledge Base")]
    [InlineData("Twin:Persona:SeedPath", "", null, "/no/such/folder", "seed-that-is-not-there")]
    public void A_bad_setting_is_named_and_only_that(string setting, string? good, string? goodToo, string? bad, string? badToo)
    {
        Assert.Empty(ProblemsWith(setting, good));
        Assert.Empty(ProblemsWith(setting, goodToo));
        Assert.StartsWith(setting + ": ", Assert.Single(ProblemsWith(setting, bad)), StringComparison.Ordinal);
        Assert.StartsWith(setting + ": ", Assert.Single(ProblemsWith(setting, badToo)), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_wrong_stops_the_start_at_once()
    {
        var error = Assert.Throws<BadSettingsException>(() =>
            new ServiceCollection().AddSettings(MemorySettings.From(Configuration(("Twin:Signing:Key", ""), ("Twin:Memory:RetentionDays", "0")))));

        Assert.Contains("Twin:Signing:Key: is not set.", error.Message, StringComparison.Ordinal);
        Assert.Contains("Twin:Memory:RetentionDays: ", error.Message, StringComparison.Ordinal);
    }

    private static List<string> ProblemsWith(string setting, string? value)
    {
        var configuration = Configuration(("Twin:Owner:Key", new('k', 16)), ("Twin:Signing:Key", new('k', 32)), (setting, value));
        ICheckedSettings[] all = [
            JobSettings.From(configuration), MemorySettings.From(configuration), OwnerSettings.From(configuration),
            StorageSettings.From(configuration, "/"), KnowledgeSettings.From(configuration), HostingSettings.From(configuration, "/"),
        ];
        return [.. all.SelectMany(settings => settings.Problems())];
    }

    /// <summary>The last of two values counts.</summary>
    private static IConfigurationRoot Configuration(params (string Setting, string? Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Setting, v.Value)).Reverse().DistinctBy(pair => pair.Key))
        .Build();
}
