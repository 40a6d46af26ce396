using System.Text.Json;
using DigitalTwin.Engines;
using DigitalTwin.Engines.Extractive;
using DigitalTwin.Knowledge;
using DigitalTwin.Memory;
using DigitalTwin.Persona;

namespace DigitalTwin.Chat;

/// <summary>
/// Takes a made-up question to an answer without a store, so that the code for it is compiled before a visitor asks.
/// </summary>
internal static class AnswerRehearsal
{
    private const string DocumentId = "rehearsal";
    private const string Question = "When did you found the library?";
    private const string Knowledge = "I am the town's librarian.\n\nI founded the library on 4 May 1907 in the old mill. It lends books to everybody.";

    public static async Task RunAsync(JsonSerializerOptions json)
    {
        var request = JsonSerializer.Deserialize("""{"message": "When?"}"""u8, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<ChatRequest>)json.GetTypeInfo(typeof(ChatRequest)))!;
        new ChatRequestValidator().Check(request);

        var index = new PassageIndex();
        var passages = PassageSplitter.Split(DocumentId, "The library", DocumentText.FromMarkdown(Knowledge));
        index.Put(DocumentId, passages);
        var persona = new PersonaVersion(1, Knowledge, new PersonaProfile("Rehearsal", "", "", [], ""), DateTimeOffset.UnixEpoch);

        // Nobody tells it of changes, so it needs no store.
        var grounding = await new Grounder(index, new PersonaPassages(null!, index)).GroundAsync(Question, [], persona, CancellationToken.None);
        var markers = new CitationMarkers(grounding.Passages.Count);
        var said = "";
        using var engine = new ExtractiveChatClient();
        await foreach (var update in engine.GetStreamingResponseAsync([], new GroundedChatOptions(grounding)))
        {
            said += markers.Push(update.Text);
        }

        said += markers.Rest();
        var answer = new ChatAnswer(
            "", "", TurnStatus.Answered, said, CitationBuilder.Build(said, markers.Used, grounding, marksAll: true), Suggestions.For(persona, null), "", null, default);
        JsonSerializer.SerializeToUtf8Bytes(answer, json.GetTypeInfo(typeof(ChatAnswer)));
        var turn = new TurnRecord { Status = answer.Status, Question = Question, Answer = said, Citations = answer.Citations, CreatedAt = answer.CreatedAt };
        JsonSerializer.SerializeToUtf8Bytes(turn, MemoryRecordsJson.Default.TurnRecord);
    }
}
