using System.Globalization;
using Amazon.DynamoDBv2.Model;

namespace DigitalTwin.Storage.Aws;

/// <summary>Items as DynamoDB keeps them, and back. The body is binary, so that it comes back as it went.</summary>
internal static class DynamoDbItems
{
    public const string PartitionKey = "PK";
    public const string SortKey = "SK";
    public const string Expiry = "ttl";
    public const string Version = "version";
    public const string Counter = "counter";
    private const string Body = "body";

    public static string PartitionKeyOf(TableIndex index) => index == TableIndex.Primary ? PartitionKey : IndexName(index) + PartitionKey;

    public static string SortKeyOf(TableIndex index) => index == TableIndex.Primary ? SortKey : IndexName(index) + SortKey;

    /// <summary>Also the prefix of the index's key attributes.</summary>
    public static string IndexName(TableIndex index) => index == TableIndex.Gsi1 ? "GSI1" : "GSI2";

    public static AttributeValue Text(string value) => new() { S = value };

    public static AttributeValue Number(long value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };

    public static Dictionary<string, AttributeValue> Key(ItemKey key) => new()
    {
        [PartitionKey] = Text(key.PK),
        [SortKey] = Text(key.SK),
    };

    public static Dictionary<string, AttributeValue> Attributes(TableItem item)
    {
        var attributes = Key(item.Key);
        attributes[Version] = Number(item.Version);
        attributes[Body] = new AttributeValue { B = new MemoryStream(item.Body.ToArray(), writable: false) };
        AddPosition(attributes, TableIndex.Gsi1, item.Gsi1);
        AddPosition(attributes, TableIndex.Gsi2, item.Gsi2);
        if (item.ExpiresAt is { } expiry)
        {
            attributes[Expiry] = Number(expiry);
        }

        if (item.Counter != 0)
        {
            attributes[Counter] = Number(item.Counter);
        }

        return attributes;
    }

    public static TableItem Item(Dictionary<string, AttributeValue> attributes) => new()
    {
        Key = new ItemKey(attributes[PartitionKey].S, attributes[SortKey].S),
        Gsi1 = Position(attributes, TableIndex.Gsi1),
        Gsi2 = Position(attributes, TableIndex.Gsi2),
        Version = Number(attributes, Version) ?? 1,
        ExpiresAt = Number(attributes, Expiry),
        Counter = Number(attributes, Counter) ?? 0,
        Body = attributes.TryGetValue(Body, out var body) ? body.B.ToArray() : default(ReadOnlyMemory<byte>),
    };

    private static void AddPosition(Dictionary<string, AttributeValue> attributes, TableIndex index, IndexKey? position)
    {
        if (position is { } key)
        {
            attributes[PartitionKeyOf(index)] = Text(key.PK);
            attributes[SortKeyOf(index)] = Text(key.SK);
        }
    }

    private static IndexKey? Position(Dictionary<string, AttributeValue> attributes, TableIndex index) =>
        attributes.TryGetValue(PartitionKeyOf(index), out var pk) ? new IndexKey(pk.S, attributes[SortKeyOf(index)].S) : null;

    private static long? Number(Dictionary<string, AttributeValue> attributes, string name) =>
        attributes.TryGetValue(name, out var value) ? long.Parse(value.N, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : null;
}
