using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace DigitalTwin.Tests.Storage;

public sealed class StorageFeatureTests : IDisposable
{
    private readonly TempFolder root = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => root.Dispose();

    [Fact]
    public async Task Starting_the_host_opens_the_stores_below_the_data_path()
    {
        using (var host = Host(("Twin:DataPath", "mine")))
        {
            await host.StartAsync(Cancel);
            await host.Services.GetRequiredService<ITable>().WriteAsync(new[] { TableWrite.Add(new("P", "S"), 1) }, Cancel);
            await host.Services.GetRequiredService<IObjectStore>().PutAsync("k", default, "text/plain", cancellationToken: Cancel);
            await host.StopAsync(Cancel);
        }

        Assert.Equal(["objects", "table"], Directory.GetDirectories(root.File("mine")).Select(Path.GetFileName).Order());
        using var again = Host(("Twin:DataPath", root.File("mine")));
        Assert.NotNull(await again.Services.GetRequiredService<ITable>().GetAsync(new("P", "S"), Cancel));
    }

    [Fact]
    public async Task A_folder_in_use_stops_the_start_with_its_name()
    {
        using var first = Host();
        await first.StartAsync(Cancel);
        using var second = Host();

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => second.StartAsync(Cancel));

        Assert.Contains(root.File("data"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_provider_is_an_error_that_names_the_setting()
    {
        var error = Assert.Throws<BadSettingsException>(() => Host(("Twin:Storage:Provider", "Floppy")));

        Assert.Contains("Twin:Storage:Provider", error.Message, StringComparison.Ordinal);
        Assert.Contains("Floppy", error.Message, StringComparison.Ordinal);
    }

    private IHost Host(params (string Name, string Value)[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.Services.AddLogging();
        builder.Services.AddStorage(builder.Configuration, root.Path);
        return builder.Build();
    }
}
