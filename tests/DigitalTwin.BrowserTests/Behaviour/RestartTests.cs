using System.Net;
using System.Net.Sockets;
using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>The server's process is killed and starts again at the same address, with the page open all the time.</summary>
public sealed class RestartTests(BrowserFixture browser) : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly Workshop persona = new();
    private readonly string address = $"http://127.0.0.1:{FreePort()}";
    private OpenAiServer model = null!;

    public async ValueTask InitializeAsync() => model = await OpenAiServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await model.DisposeAsync();
        persona.Dispose();
        folder.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_killed_answer_is_shown_as_interrupted_and_asked_again_in_its_place()
    {
        await using var first = await StartAsync();
        await using var window = await VisitorWindow.OpenAsync(browser, new Uri(address));
        var page = await window.GoAsync();
        var lost = model.Next(OpenAiReply.Gated());

        await page.AskAsync("Will you live?");
        lost.Token("I hope");
        await Expect(page.Answer()).ToHaveTextAsync("I hope");
        await first.KillAsync();
        await Expect(page.LastTurn().Locator(".progress")).ToContainTextAsync("Trying again…");
        await using var second = await StartAsync();
        await Expect(page.Notice()).ToContainTextAsync("This answer was interrupted and not kept.");
        await Expect(page.Answer()).ToHaveCountAsync(0);
        model.Next(OpenAiReply.Of("I do."));
        await page.Notice().GetByRole(AriaRole.Button).ClickAsync();
        await page.EndAsync();

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["I do."]);
        await Expect(page.Question()).ToBeFocusedAsync();
        Assert.Single(await page.StoredTurnsAsync());
        await page.ReloadAsync();
        await Expect(page.Locator(".answer")).ToHaveTextAsync(["I do."]);
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_that_was_written_anew_meanwhile_replaces_the_lost_one()
    {
        await using var first = await StartAsync();
        await using var window = await VisitorWindow.OpenAsync(browser, new Uri(address));
        var page = await window.GoAsync();
        var lost = model.Next(OpenAiReply.Gated());
        var asked = page.WaitForRequestAsync("**/api/chat/stream");

        await page.AskAsync("Will you live?");
        lost.Token("I hope");
        await Expect(page.Answer()).ToHaveTextAsync("I hope");
        await page.RouteAsync("**/api/chat/turns/*/stream", route => route.AbortAsync());
        await first.KillAsync();
        await using var second = await StartAsync();
        model.Next(OpenAiReply.Of("It is certain."));
        var again = await window.Context.APIRequest.PostAsync("/api/chat", new() { Data = (await asked).PostData, Headers = [new("Content-Type", "application/json")] });
        Assert.True(again.Ok);
        await page.UnrouteAllAsync();

        await page.EndAsync();
        await Expect(page.Locator(".answer")).ToHaveTextAsync(["It is certain."]);
        Assert.Single(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_question_for_a_server_that_is_down_is_sent_once_when_it_is_back()
    {
        await using var first = await StartAsync();
        await using var window = await VisitorWindow.OpenAsync(browser, new Uri(address));
        var page = await window.GoAsync();

        await first.KillAsync();
        await page.AskAsync("Anybody there?");
        await Expect(page.LastTurn().Locator(".progress")).ToContainTextAsync("Trying again…");
        model.Next(OpenAiReply.Of("Yes, me."));
        await using var second = await StartAsync();
        await page.EndAsync();

        await Expect(page.Locator(".answer")).ToHaveTextAsync(["Yes, me."]);
        Assert.Single(await page.StoredTurnsAsync());
        Assert.Empty(window.Faults);
    }

    private Task<TwinProcess> StartAsync() => TwinProcess.StartAsync(
        folder.Path,
        ("ASPNETCORE_URLS", address),
        ("Twin:Engines:OpenAI:BaseUrl", model.BaseUrl),
        ("Twin:Engines:MaxRetries", "0"),
        persona.Setting);

    /// <summary>A port that the system has just had to give away. The twin must come back at the address that the page knows.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
