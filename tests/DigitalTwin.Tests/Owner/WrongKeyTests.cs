using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Owner;

/// <summary>Five wrong owner keys a minute from one address, then nothing but waiting.</summary>
public sealed class WrongKeyTests
{
    private const int Allowed = 5;

    [Fact]
    public async Task After_five_wrong_keys_even_the_right_one_waits_out_the_minute()
    {
        var clock = new ManualTimeProvider();
        await using var twin = TwinFixture.Start(services: services => services.AddSingleton<TimeProvider>(clock));
        using var client = twin.Anonymous();

        for (var i = 0; i < Allowed; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(client, $"wrong-{i}"));
            clock.Advance(TimeSpan.FromSeconds(4));
        }

        using (var refused = await SendAsync(client, "wrong-again"))
        {
            await refused.AssertProblemAsync(HttpStatusCode.TooManyRequests, "rate_limited");
            Assert.Equal(TimeSpan.FromSeconds(40), refused.Headers.RetryAfter!.Delta);
            Assert.Empty(refused.Headers.WwwAuthenticate);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(client, TwinFixture.OwnerKey));
        clock.Advance(TimeSpan.FromSeconds(39));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(client, TwinFixture.OwnerKey));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await TryAsync(client, TwinFixture.OwnerKey));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(client, "wrong"));
    }

    [Fact]
    public async Task Other_addresses_are_not_affected()
    {
        await using var twin = TwinFixture.Start();
        using var attacker = From("127.0.0.2", twin);
        using var owner = From("127.0.0.3", twin);
        for (var i = 0; i < Allowed; i++)
        {
            await TryAsync(attacker, $"wrong-{i}");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(attacker, TwinFixture.OwnerKey));
        Assert.Equal(HttpStatusCode.OK, await TryAsync(owner, TwinFixture.OwnerKey));
    }

    [Fact]
    public async Task A_client_cannot_choose_its_address()
    {
        await using var twin = TwinFixture.Start();
        using var client = twin.Anonymous();
        for (var i = 0; i <= Allowed; i++)
        {
            client.DefaultRequestHeaders.Remove("X-Forwarded-For");
            client.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{i}");
            await TryAsync(client, $"wrong-{i}");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(client, "wrong"));
    }

    [Fact]
    public async Task The_right_key_and_no_key_count_for_nothing()
    {
        await using var twin = TwinFixture.Start();
        using var client = twin.Anonymous();
        for (var i = 0; i < 3 * Allowed; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await TryAsync(client, TwinFixture.OwnerKey));
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(client, null));
        }
    }

    [Fact]
    public async Task A_burst_of_wrong_keys_gets_no_more_tries_than_a_slow_one()
    {
        await using var twin = TwinFixture.Start();
        using var client = twin.Anonymous();

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => TryAsync(client, $"wrong-{i}")));

        Assert.Equal(Allowed, answers.Count(status => status == HttpStatusCode.Unauthorized));
        Assert.Equal(40 - Allowed, answers.Count(status => status == HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task Without_limits_wrong_keys_are_only_wrong()
    {
        await using var twin = TwinFixture.Start(settings: ("Twin:Limits:Enabled", "false"));
        using var client = twin.Anonymous();
        for (var i = 0; i < 3 * Allowed; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(client, $"wrong-{i}"));
        }

        Assert.Equal(HttpStatusCode.OK, await TryAsync(client, TwinFixture.OwnerKey));
    }

    [Fact]
    public async Task Where_a_user_pool_knows_the_owners_no_key_is_theirs()
    {
        await using var twin = TwinFixture.Start(settings: ("Twin:Owner:UserPoolId", "eu-central-1_AbCdEfGhI"));
        using var client = twin.Anonymous();

        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(client, TwinFixture.OwnerKey));
    }

    private static async Task<HttpStatusCode> TryAsync(HttpClient client, string? key)
    {
        using var response = await SendAsync(client, key);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/owner/persona", UriKind.Relative));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>A client that connects from another address of the loopback network.</summary>
    private static HttpClient From(string address, TwinFixture twin) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = twin.Address,
    };
}
