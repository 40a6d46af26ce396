using DigitalTwin.Memory;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.BrowserTests.Behaviour;

/// <summary>Conversations that a visitor had some time ago, written into the store as the twin would have.</summary>
internal static class PastConversations
{
    /// <summary>One session with the questions <c>{title} 1</c> to <c>{title} n</c>; its id.</summary>
    public static async Task<string> AddPastAsync(this VisitorWindow window, TwinFixture twin, string title, int turns = 1, TimeSpan ago = default)
    {
        var at = DateTimeOffset.UtcNow - ago;
        var store = ActivatorUtilities.CreateInstance<SessionStore>(twin.Services, new ManualTimeProvider(at));
        var session = StoredSession.New(await window.VisitorIdAsync(), at);
        for (var n = 1; n <= turns; n++)
        {
            var question = turns == 1 ? title : $"{title} {n}";
            await store.BeginTurnAsync(session, question, null, "");
            var record = new TurnRecord { Status = TurnStatus.Answered, Question = question, Answer = $"This is answer {n}.", CreatedAt = at };
            await store.CompleteTurnAsync(new TurnId(session.Id, n), record);
            session = (await store.FindAsync(session.Record.VisitorId, session.Id))!;
        }

        return session.Id;
    }

    /// <summary>Makes the window's visitor known to the twin, by a question whose answer is scripted.</summary>
    public static async Task BeKnownAsync(this VisitorWindow window, ScriptedTwin twin, string question = "Do you know me?")
    {
        twin.Next("Now I do.");
        var response = await window.Context.APIRequest.PostAsync("/api/chat", new() { DataObject = new { message = question } });
        Assert.True(response.Ok);
    }

    /// <summary>Who the twin takes the window's visitor for.</summary>
    private static async Task<string> VisitorIdAsync(this VisitorWindow window)
    {
        var cookies = await window.Context.CookiesAsync();
        return cookies.Single(cookie => cookie.Name == "twin").Value.Split('.')[0];
    }
}
