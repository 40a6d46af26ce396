using System.Globalization;
using System.Text;
using DigitalTwin.Storage;

namespace DigitalTwin.Benchmarks.Start;

/// <summary>Items as conversations leave them: a session of ten turns each, bodies of 200 to 300 bytes.</summary>
internal static class TableItems
{
    private const int TurnsPerSession = 10;
    private const int SessionsPerVisitor = 3;
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<TableWrite> Of(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var (session, part) = Math.DivRem(i, TurnsPerSession + 1);
            yield return TableWrite.Put(part == 0 ? Session(session) : Turn(session, part));
        }
    }

    private static TableItem Session(int number)
    {
        var active = Begin.AddSeconds(number);
        return new TableItem
        {
            Key = new ItemKey(Partition(number), "META"),
            Gsi1 = new IndexKey(Text($"VISITOR#v-{number / SessionsPerVisitor:D22}"), Text($"{active:O}#{Id(number)}")),
            Gsi2 = new IndexKey(Text($"DAY#{active:yyyy-MM-dd}"), Text($"{active:HH:mm:ss}#{Id(number)}")),
            Version = TurnsPerSession,
            ExpiresAt = Expiry,
            Body = Body($$"""{"visitorId":"v-{{number / SessionsPerVisitor:D22}}","title":"Who was Charles Babbage to you?","createdAt":"{{active:O}}","lastActiveAt":"{{active:O}}","turnCount":{{TurnsPerSession}}}"""),
        };
    }

    private static TableItem Turn(int session, int sequence) => new()
    {
        Key = new ItemKey(Partition(session), Text($"TURN#{sequence:D10}")),
        Version = 2,
        ExpiresAt = Expiry,
        Body = Body($$"""{"status":"answered","question":"What did you write about Bernoulli numbers?","answer":"In Note G I showed how the engine could compute the numbers of Bernoulli, number {{session}}. [1]","agent":"twin","engine":"extractive","createdAt":"{{Begin.AddSeconds(session):O}}"}"""),
    };

    /// <summary>Far enough off that nothing expires while it is measured.</summary>
    private static long Expiry { get; } = TimeProvider.System.GetUtcNow().AddDays(90).ToUnixTimeSeconds();

    private static string Id(int session) => Text($"s-{session:D22}");

    private static string Partition(int session) => $"SESSION#{Id(session)}";

    private static byte[] Body(FormattableString text) => Encoding.UTF8.GetBytes(Text(text));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
