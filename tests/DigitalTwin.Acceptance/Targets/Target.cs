using System.Net;
using System.Net.Http.Headers;
using Xunit;

namespace DigitalTwin.Acceptance.Targets;

/// <summary>A running twin that the suite talks to over HTTP. It is shared by all of the suite's tests, as a deployed one is.</summary>
public abstract class Target : IAsyncLifetime
{
    protected const string OwnerKeyOfTests = "the-owner-key-of-the-tests-0123456789";

    /// <summary>The address of a twin that runs already, from <c>TWIN_URL</c>; null when the suite starts its own.</summary>
    protected static Uri? Url { get; } = Variable("TWIN_URL") is { } url ? new Uri(url) : null;

    /// <summary>Why there is no such twin here; the tests are skipped with it. Null when it runs.</summary>
    public string? Missing { get; private set; }

    public Uri Address { get; private set; } = null!;

    /// <summary>The owner's key, or token; null when neither is known here.</summary>
    public virtual string? OwnerKey => OwnerKeyOfTests;

    /// <summary>Whether the owners are those of a user pool: then a gateway reads their tokens, and refuses others by itself.</summary>
    public virtual bool HasOwnerPool => false;

    /// <summary>Everything that the twin has written to its console so far, null when that is not seen here.</summary>
    public virtual string? Log => null;

    /// <summary>The engine that answers first, null when it is not known here.</summary>
    public abstract string? Engine { get; }

    public async ValueTask InitializeAsync()
    {
        Missing = WhatIsMissing();
        if (Missing is null)
        {
            Address = await StartAsync();
        }
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>A browser of one visitor, who has a cookie of their own. Skips the test where there is no such twin.</summary>
    public HttpClient NewVisitor() => Client(new CookieContainer());

    /// <summary>A client of the owner; skips the test where neither key nor token is known.</summary>
    public HttpClient Owner()
    {
        Assert.SkipWhen(Missing is null && OwnerKey is null, "Neither TWIN_OWNER_KEY nor TWIN_OWNER_TOKEN is set.");
        var client = Client(null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnerKey);
        return client;
    }

    /// <summary>Why the twin cannot be started here; null when it can. A target that starts its own is left out where another twin is named.</summary>
    protected virtual string? WhatIsMissing() => Url is null ? null : "TWIN_URL names another twin.";

    /// <summary>Starts the twin, ready to be asked.</summary>
    protected abstract ValueTask<Uri> StartAsync();

    protected static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private HttpClient Client(CookieContainer? cookies)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        var handler = new SocketsHttpHandler { UseCookies = cookies is not null, CookieContainer = cookies ?? new CookieContainer(), AllowAutoRedirect = false };
        var client = new HttpClient(new SignedBodies(handler)) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        // The firewall (infra/waf.yaml) refuses who does not say what they are.
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("DigitalTwin.Acceptance", null));
        return client;
    }
}
