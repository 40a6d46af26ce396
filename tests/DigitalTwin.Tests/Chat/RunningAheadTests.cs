using DigitalTwin.Chat;
using DigitalTwin.Knowledge;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>An answer may be worked out while its question is still being stored, but nobody outside is told of such a question.</summary>
public sealed class RunningAheadTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_retriever_outside_is_asked_only_when_the_question_is_stored()
    {
        var (table, outside) = (new HeldTable { WritesInOrder = true }, new Outside());
        await using var twin = TwinFixture.Start(services: services =>
        {
            table.Register(services);
            services.AddSingleton<IPassageRetriever>(outside);
        });
        using var visitor = twin.NewVisitor();
        using var other = twin.NewVisitor();
        table.HoldNextPut("TURN#");

        var asking = visitor.AskAsync("When were you born? held");
        await table.Arrived;
        await other.AskAsync("When were you born? free");
        var askedBefore = outside.Questions;
        table.Release();
        await asking;

        Assert.Equal(["When were you born? free"], askedBefore);
        Assert.Equal(["When were you born? free", "When were you born? held"], outside.Questions);
        Assert.False(twin.Services.GetRequiredService<AnswerPipeline>().RunsAhead);
    }

    [Fact]
    public async Task With_nobody_outside_the_answer_need_not_wait()
    {
        await using var twin = TwinFixture.Start();

        Assert.True(twin.Services.GetRequiredService<AnswerPipeline>().RunsAhead);
    }

    private sealed class Outside : IPassageRetriever
    {
        private readonly List<string> questions = [];

        public IReadOnlyList<string> Questions
        {
            get
            {
                lock (questions)
                {
                    return [.. questions];
                }
            }
        }

        public ValueTask<IReadOnlyList<SearchHit>?> RetrieveAsync(string question, int top, CancellationToken cancellationToken)
        {
            lock (questions)
            {
                questions.Add(question);
            }

            return new([]);
        }
    }
}
