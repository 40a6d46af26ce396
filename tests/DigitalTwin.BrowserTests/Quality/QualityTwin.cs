using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace DigitalTwin.BrowserTests.Quality;

/// <summary>A twin for one class of tests, without limits, whose model answers by what it is asked.</summary>
public sealed class QualityTwin : IAsyncLifetime
{
    public const string Cited = "How much does a full leather binding cost?";
    public const string Slow = "Take your time.";
    public const string Thorough = "Tell me everything about your bindings.";
    public const string Broken = "Break off in the middle.";

    private readonly Workshop workshop = new();
    private ModelTwin? started;

    internal ModelTwin Model => started!;

    internal TwinFixture Twin => Model.Twin;

    public Uri Address => Twin.Address;

    public async ValueTask InitializeAsync()
    {
        SetDefaultExpectTimeout(15_000);
        started = await ModelTwin.StartAsync(settings: [workshop.Setting, ("Twin:Limits:Enabled", "false")]);
        Model.Model.Otherwise = request => request.Messages[^1].Text switch
        {
            Cited => OpenAiReply.Of("A full leather binding costs **180 pounds** [1], ", "and cloth is a third of that [1]. ", "I have bound books since 1998 [2]."),
            Slow => OpenAiReply.Gated().Token("I fold the sheets, then I sew them").Token(" on three tapes, and "),
            Thorough => OpenAiReply.Of(SampleAnswer.Whole),
            Broken => OpenAiReply.Gated().Token("The first thing that I do is to").Token(" wash").Pause(TimeSpan.FromMilliseconds(100)).Cut(),
            _ => OpenAiReply.Of("The workshop is in Leeds."),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Model.DisposeAsync();
        workshop.Dispose();
    }
}

/// <summary>What tests do on a page, in one line each.</summary>
internal static class PageSteps
{
    public static async Task AskAsync(this IPage page, string question)
    {
        await page.Locator("#question").FillAsync(question);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Asks, and waits until the answer is there with its buttons.</summary>
    public static async Task AskToTheEndAsync(this IPage page, string question)
    {
        await page.AskAsync(question);
        await Expect(page.Locator("article.latest .actions")).ToBeVisibleAsync();
    }

    /// <summary>Asks in the background, as the same visitor, each time in a session of its own.</summary>
    public static Task AskElsewhereAsync(this IPage page, params string[] questions) => page.EvaluateAsync(
        """
        async questions => {
          for (const message of questions) {
            const response = await fetch('/api/chat', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) });
            if (!response.ok) throw new Error(await response.text());
          }
        }
        """,
        questions);

    /// <summary>Done when whatever fades or slides has come to rest; what goes on for ever does not count.</summary>
    public static Task RestAsync(this IPage page) => page.EvaluateAsync(
        """
        async () => {
          await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
          const ending = document.getAnimations().filter(a => a.effect.getComputedTiming().iterations !== Infinity);
          await Promise.all(ending.map(a => a.finished.catch(() => {})));
        }
        """);
}
