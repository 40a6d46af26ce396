using System.Text;
using System.Text.Json.Nodes;
using DigitalTwin.Aws.EventStreams;
using DigitalTwin.Tests.Testing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DigitalTwin.Tests.Aws;

public sealed class EventStreamDecoderTests
{
    /// <summary>A message as botocore's documentation has it: no headers, the payload <c>{'foo':'bar'}</c>.</summary>
    private static readonly byte[] Known = Convert.FromHexString("0000001D00000000FD528C5A7B27666F6F273A27626172277DC36539 36".Replace(" ", "", StringComparison.Ordinal));

    [Fact(Timeout = 60_000)]
    public async Task Messages_of_another_encoder_are_read_with_all_types_of_headers()
    {
        var encoded = await Botocore.AskAsync("encode", new JsonArray(
            Message([("t", "true", null), ("f", "false", null), ("b", "byte", -1), ("s", "short", -2), ("i", "integer", 3), ("l", "long", 1L << 40),
                ("raw", "bytes", "\0x"), (":message-type", "string", "event"), ("when", "timestamp", 1_700_000_000_000), ("id", "uuid", "00112233445566778899aabbccddeeff"),
                (":event-type", "string", "Grüße")], "{\"a\":\"🙂\"}"),
            Message([], ""),
            Message([(":exception-type", "string", new string('x', 40_000))], new string('y', 100_000))));

        var read = ReadAll(Convert.FromBase64String(encoded.GetValue<string>()));

        Assert.Equal(["{\"a\":\"🙂\"}", "", new string('y', 100_000)], read.Select(message => Encoding.UTF8.GetString(message.Payload)));
        Assert.Equal(("event", "Grüße", 2), (read[0].MessageType, read[0].EventType, read[0].Headers.Count));
        Assert.Empty(read[1].Headers);
        Assert.Equal(40_000, read[2].ErrorType.Length);
    }

    [Fact(Timeout = 60_000)]
    public async Task Botocore_reads_the_messages_of_the_fake()
    {
        byte[] stream =
        [
            .. EventStreamEncoder.Encode([(":message-type", "event"), (":event-type", "contentBlockDelta"), ("größe", "ü")], "{\"a\":\"🙂\"}"),
            .. EventStreamEncoder.Encode([], ""),
        ];

        var read = (await Botocore.AskAsync("parse", Convert.ToBase64String(stream))).AsArray();

        Assert.Equal(["{\"a\":\"🙂\"}", ""], read.Select(message => message!["payload"]!.GetValue<string>()));
        Assert.Equal("""{":message-type":"event",":event-type":"contentBlockDelta","gr\u00F6\u00DFe":"\u00FC"}""", read[0]!["headers"]!.ToJsonString());
    }

    [Fact]
    public void The_message_of_the_specification_is_read()
    {
        var message = Assert.Single(ReadAll(Known));

        Assert.Equal("{'foo':'bar'}", Encoding.UTF8.GetString(message.Payload));
        Assert.Equal(Known, EventStreamEncoder.Encode([], "{'foo':'bar'}"));
    }

    [Fact]
    public void However_the_bytes_are_cut_the_messages_are_the_same()
    {
        string[] payloads = ["", "one", "{\"text\":\"Ünï🙂\"}", new string('z', 70_000), "last"];
        var stream = payloads.SelectMany((payload, i) => EventStreamEncoder.Encode([(":event-type", $"e{i}"), ("padding", new string('p', i * 300))], payload)).ToArray();

        Prop.ForAll(ArbMap.Default.ArbFor<PositiveInt[]>(), cuts => payloads.SequenceEqual(
                Pieces(stream, [.. cuts.Select(cut => cut.Get)]).SelectMany(pieces => pieces).Select(message => Encoding.UTF8.GetString(message.Payload))))
            .QuickCheckThrowOnFailure();
        Assert.Equal(payloads, Pieces(stream, [1]).SelectMany(pieces => pieces).Select(message => Encoding.UTF8.GetString(message.Payload)));
    }

    [Fact]
    public void A_message_is_there_with_its_last_byte_and_not_before()
    {
        var decoder = new EventStreamDecoder();
        foreach (var one in Known[..^1])
        {
            decoder.Append([one]);
            Assert.Null(decoder.TryRead());
            Assert.True(decoder.IsInsideMessage);
        }

        decoder.Append([Known[^1]]);
        Assert.NotNull(decoder.TryRead());
        Assert.False(decoder.IsInsideMessage);
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_an_error()
    {
        var message = EventStreamEncoder.Encode([(":event-type", "messageStop")], "{\"stopReason\":\"end_turn\"}");
        for (var bit = 0; bit < message.Length * 8; bit++)
        {
            var damaged = (byte[])message.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.Throws<InvalidDataException>(() => ReadAll(damaged));
        }
    }

    [Theory]
    [InlineData(0xFFFFFFFFu, 0u)]
    [InlineData(15u, 0u)]
    [InlineData(16u, 1u)]
    [InlineData(1000u, 0xFFFFFFFFu)]
    [InlineData(25u << 20, 0u)]
    public void Impossible_lengths_are_an_error_before_anything_is_kept(uint length, uint headers) =>
        Assert.Throws<InvalidDataException>(() => ReadAll(EventStreamEncoder.Prelude(length, headers)));

    [Theory]
    [InlineData(new byte[] { 1, (byte)'a', 10 })]
    [InlineData(new byte[] { 200, (byte)'a' })]
    [InlineData(new byte[] { 1, (byte)'a', 7, 0, 9, (byte)'x' })]
    [InlineData(new byte[] { 1, (byte)'a', 4, 0 })]
    public void Headers_that_do_not_hold_are_an_error(byte[] headers) =>
        Assert.Throws<InvalidDataException>(() => ReadAll(EventStreamEncoder.Encode(headers, [])));

    [Fact]
    public async Task A_stream_that_ends_inside_a_message_is_an_error()
    {
        using var stream = new MemoryStream([.. Known, .. Known[..^1]]);
        var read = 0;

        await Assert.ThrowsAsync<EndOfStreamException>(async () =>
        {
            await foreach (var message in EventStreamDecoder.ReadAsync(stream, TestContext.Current.CancellationToken))
            {
                read++;
            }
        });

        Assert.Equal(1, read);
    }

    private static JsonObject Message((string Name, string Type, JsonNode? Value)[] headers, string payload) => new()
    {
        ["headers"] = new JsonArray([.. headers.Select(header => new JsonArray(header.Name, header.Type, header.Value))]),
        ["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(payload)),
    };

    private static List<EventStreamMessage> ReadAll(byte[] bytes) => [.. Pieces(bytes, [bytes.Length]).SelectMany(messages => messages)];

    /// <summary>Feeds the bytes in pieces of the given lengths, over and over.</summary>
    private static IEnumerable<IReadOnlyList<EventStreamMessage>> Pieces(byte[] bytes, int[] lengths)
    {
        var decoder = new EventStreamDecoder();
        for (var (at, piece) = (0, 0); at < bytes.Length; piece++)
        {
            var length = Math.Min(lengths.Length == 0 ? bytes.Length : lengths[piece % lengths.Length], bytes.Length - at);
            decoder.Append(bytes.AsSpan(at, length));
            at += length;
            var messages = new List<EventStreamMessage>();
            while (decoder.TryRead() is { } message)
            {
                messages.Add(message);
            }

            yield return messages;
        }

        Assert.False(decoder.IsInsideMessage);
    }
}
