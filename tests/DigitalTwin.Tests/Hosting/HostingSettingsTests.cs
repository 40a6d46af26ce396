using DigitalTwin.Hosting;
using DigitalTwin.Storage;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace DigitalTwin.Tests.Hosting;

public sealed class HostingSettingsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("elsewhere")]
    public void Secrets_lie_where_the_data_lies(string? dataPath)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Twin:DataPath", dataPath)]).Build();

        Assert.Equal(StorageSettings.From(configuration, "/root-of-all").DataPath, HostingSettings.From(configuration, "/root-of-all").DataPath);
    }
}
