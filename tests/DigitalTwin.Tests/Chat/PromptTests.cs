using System.Globalization;
using DigitalTwin.Chat;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>What a model is sent: persona, rules, numbered passages, as much of the conversation as fits, the question.</summary>
public sealed class PromptTests
{
    private const int Turns = 5;

    [Fact(Timeout = 30_000)]
    public async Task The_prompt_after_a_long_conversation()
    {
        using var workshop = new Workshop();
        await using var twin = await ModelTwin.StartAsync(settings: [workshop.Setting, ("Twin:Engines:MaxContextTokens", "2000")]);

        var prompt = await PromptAfterLongConversationAsync(twin);

        Golden.Equal("prompt.txt", string.Concat(prompt.Select(message => $"=== {message.Role}\n{message.Text}\n")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1000, 0)]
    [InlineData(2000, 2)]
    [InlineData(8000, Turns)]
    public async Task A_history_of_10000_characters_is_cut_to_the_token_budget(int budget, int turnsInFull)
    {
        using var workshop = new Workshop();
        await using var twin = await ModelTwin.StartAsync(
            settings: [workshop.Setting, ("Twin:Engines:MaxContextTokens", budget.ToString(CultureInfo.InvariantCulture))]);

        var prompt = await PromptAfterLongConversationAsync(twin);

        Assert.InRange(prompt.Sum(message => TokenEstimate.Of(message.Text)), 1, budget);
        Assert.Equal(turnsInFull, prompt.Count(message => message.Role == "assistant"));
        Assert.Equal(Workshop.Question, prompt[^1].Text);
        // The questions that are not quoted in full are still named.
        Assert.All(
            Enumerable.Range(1, Turns),
            n => Assert.Contains(prompt, message => message.Text.Contains(QuestionNumber(n), StringComparison.Ordinal)));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_first_question_is_sent_without_a_history()
    {
        using var workshop = new Workshop();
        await using var twin = await ModelTwin.StartAsync(settings: workshop.Setting);
        twin.Next("180 pounds [1].");
        using var visitor = twin.NewVisitor();

        await visitor.AskAsync(Workshop.Question);

        var prompt = Assert.Single(twin.Model.Requests).Messages;
        Assert.Equal(["system", "user"], prompt.Select(message => message.Role));
        Assert.Contains("I am Grace Kim.", prompt[0].Text, StringComparison.Ordinal);
        Assert.Contains("[1] Prices › Bindings · Repairs\n\"\"\"\n" + Workshop.Answer, prompt[0].Text, StringComparison.Ordinal);
        Assert.Equal(Workshop.Question, prompt[1].Text);
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_of_another_visitor_is_in_the_prompt()
    {
        await using var twin = await ModelTwin.StartAsync();
        twin.Model.Otherwise = _ => OpenAiReply.Of("Noted.");
        using var first = twin.NewVisitor();
        using var second = twin.NewVisitor();

        await first.AskAsync("My secret is zanzibar.");
        await second.AskAsync("What did I tell you?");

        Assert.All(twin.Model.Requests[1].Messages, message => Assert.DoesNotContain("zanzibar", message.Text, StringComparison.Ordinal));
    }

    /// <summary>Five turns of 2,000 characters each in one session, then the question; returns its prompt.</summary>
    private static async Task<IReadOnlyList<(string Role, string Text)>> PromptAfterLongConversationAsync(ModelTwin twin)
    {
        using var visitor = twin.NewVisitor();
        string? sessionId = null;
        for (var n = 1; n <= Turns; n++)
        {
            twin.Next(string.Create(CultureInfo.InvariantCulture, $"Answer {n}.").PadRight(2000 - QuestionNumber(n).Length, '-'));
            sessionId = (await visitor.AskAsync(QuestionNumber(n), sessionId)).Text("sessionId");
        }

        twin.Next("180 pounds [1].");
        await visitor.AskAsync(Workshop.Question, sessionId);
        return twin.Model.Requests[^1].Messages;
    }

    private static string QuestionNumber(int n) => string.Create(CultureInfo.InvariantCulture, $"This is question number {n}, is it not?");
}
