using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace DigitalTwin.Tests.Testing;

/// <summary>The whole twin on a real Kestrel with a port from the system and a data folder of its own.</summary>
public sealed class TwinFixture : IAsyncDisposable
{
    public const string OwnerKey = "the-owner-key-of-the-tests-0123456789";

    private readonly WebApplicationFactory<Program> factory;
    private readonly bool ownsFolder;

    private TwinFixture(string? dataPath, (string Setting, string Value)[] settings, Action<IServiceCollection>? services)
    {
        ownsFolder = dataPath is null;
        DataPath = dataPath ?? Directory.CreateTempSubdirectory("twin-").FullName;
        factory = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseSetting("Twin:DataPath", DataPath);
            host.UseSetting("Twin:Owner:Key", OwnerKey);
            host.UseSetting("urls", "http://127.0.0.1:0");
            foreach (var (setting, value) in settings)
            {
                host.UseSetting(setting, value);
            }

            if (services is not null)
            {
                host.ConfigureServices(services);
            }
        });
        factory.UseKestrel(0);
        factory.StartServer();
        Address = factory.ClientOptions.BaseAddress;
    }

    public string DataPath { get; }

    public Uri Address { get; }

    public IServiceProvider Services => factory.Services;

    /// <param name="dataPath">A folder to go on with; a new one, removed at the end, when null.</param>
    public static TwinFixture Start(
        string? dataPath = null, Action<IServiceCollection>? services = null, params (string Setting, string Value)[] settings) =>
        new(dataPath, settings, services);

    /// <summary>A browser of one visitor: it keeps its cookie, in <paramref name="cookies"/> if the visitor is to come back later.</summary>
    public HttpClient NewVisitor(CookieContainer? cookies = null) => Client(cookies ?? new CookieContainer());

    /// <summary>A client without cookies of its own.</summary>
    public HttpClient Anonymous() => Client(null);

    public HttpClient Owner()
    {
        var client = Client(null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnerKey);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await factory.DisposeAsync();
        if (ownsFolder)
        {
            Directory.Delete(DataPath, recursive: true);
        }
    }

    private HttpClient Client(CookieContainer? cookies) => new(
        new SocketsHttpHandler { UseCookies = cookies is not null, CookieContainer = cookies ?? new CookieContainer(), AllowAutoRedirect = false })
    {
        BaseAddress = Address,
        Timeout = TimeSpan.FromSeconds(60),
    };
}
