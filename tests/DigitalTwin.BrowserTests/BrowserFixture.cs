using DigitalTwin.BrowserTests;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace DigitalTwin.BrowserTests;

/// <summary>One Chromium for all tests of the page; each test has contexts of its own, so cookies and storage are nobody else's.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    /// <summary>Debian's, the one without windows first, since it takes half of the processor time; another one by <c>CHROMIUM</c>.</summary>
    public static readonly string Path = Environment.GetEnvironmentVariable("CHROMIUM")
        ?? Array.Find(["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"], File.Exists)
        ?? "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>The browser; skips the test where there is none.</summary>
    public IBrowser Browser
    {
        get
        {
            Assert.SkipWhen(browser is null, $"There is no Chromium at {Path}; install it, or name one in the environment variable CHROMIUM.");
            return browser!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Path))
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(15_000);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }
}

/// <summary>Tests that measure: they have the machine to themselves.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
