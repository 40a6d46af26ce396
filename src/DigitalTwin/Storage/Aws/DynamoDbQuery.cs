using System.Text;
using Amazon.DynamoDBv2.Model;

namespace DigitalTwin.Storage.Aws;

/// <summary>Queries and cursors in DynamoDB's words.</summary>
internal static class DynamoDbQuery
{
    private const string NotExpired = "attribute_not_exists(#ttl) OR #ttl > :now";

    /// <summary>The request, or null when nothing can be found: an empty range, or a cursor behind its end.</summary>
    public static QueryRequest? Of(TableQuery query, string table, long now)
    {
        var start = query.After;
        if (IsEmpty(query) || (start is not null && IsBehind(query, start.Sort)))
        {
            return null;
        }

        var request = new QueryRequest
        {
            TableName = table,
            IndexName = query.Index == TableIndex.Primary ? null : DynamoDbItems.IndexName(query.Index),
            ConsistentRead = query.Index == TableIndex.Primary,
            ScanIndexForward = !query.Descending,
            KeyConditionExpression = "#pk = :pk",
            FilterExpression = NotExpired,
            ExpressionAttributeNames = new Dictionary<string, string>
            {
                ["#pk"] = DynamoDbItems.PartitionKeyOf(query.Index),
                ["#ttl"] = DynamoDbItems.Expiry,
            },
            ExpressionAttributeValues = new Dictionary<string, AttributeValue>
            {
                [":pk"] = DynamoDbItems.Text(query.Partition),
                [":now"] = DynamoDbItems.Number(now),
            },
        };
        Narrow(request, query);

        // A cursor before the range stands at its beginning; DynamoDB would refuse it.
        if (start is not null && IsInside(query, start.Sort))
        {
            request.ExclusiveStartKey = StartKey(query, start);
        }

        return request;
    }

    /// <summary>The place of an item in the query's order.</summary>
    public static TableCursor Cursor(TableIndex index, TableItem item) => new(
        index switch
        {
            TableIndex.Gsi1 => item.Gsi1!.Value.SK,
            TableIndex.Gsi2 => item.Gsi2!.Value.SK,
            _ => item.Key.SK,
        },
        item.Key);

    private static void Narrow(QueryRequest request, TableQuery query)
    {
        var (from, to) = (query.SortFrom, query.SortTo);
        var range = query.SortPrefix is { Length: > 0 } ? "begins_with(#sk, :prefix)"
            : from is { Length: > 0 } && to is not null ? "#sk BETWEEN :from AND :to"
            : from is { Length: > 0 } ? "#sk >= :from"
            : to is not null ? "#sk <= :to"
            : null;
        if (range is null)
        {
            return;
        }

        request.KeyConditionExpression += " AND " + range;
        request.ExpressionAttributeNames["#sk"] = DynamoDbItems.SortKeyOf(query.Index);
        var values = request.ExpressionAttributeValues;
        AddIf(values, range, ":prefix", query.SortPrefix);
        AddIf(values, range, ":from", from);
        AddIf(values, range, ":to", to);
    }

    private static void AddIf(Dictionary<string, AttributeValue> values, string range, string name, string? value)
    {
        if (range.Contains(name, StringComparison.Ordinal))
        {
            values[name] = DynamoDbItems.Text(value!);
        }
    }

    private static Dictionary<string, AttributeValue> StartKey(TableQuery query, TableCursor cursor)
    {
        if (query.Index == TableIndex.Primary)
        {
            return DynamoDbItems.Key(new ItemKey(query.Partition, cursor.Sort));
        }

        var key = DynamoDbItems.Key(cursor.Key);
        key[DynamoDbItems.PartitionKeyOf(query.Index)] = DynamoDbItems.Text(query.Partition);
        key[DynamoDbItems.SortKeyOf(query.Index)] = DynamoDbItems.Text(cursor.Sort);
        return key;
    }

    private static bool IsEmpty(TableQuery query) =>
        query.SortTo is "" || (query.SortFrom is { } from && query.SortTo is { } to && Compare(from, to) > 0);

    /// <summary>Whether everything of the range comes before the cursor.</summary>
    private static bool IsBehind(TableQuery query, string sort) =>
        !IsInside(query, sort) && (query.Descending ? IsBelow(query, sort) : !IsBelow(query, sort));

    private static bool IsInside(TableQuery query, string sort) =>
        query.SortPrefix is { } prefix
            ? sort.StartsWith(prefix, StringComparison.Ordinal)
            : (query.SortFrom is not { } from || Compare(sort, from) >= 0) && (query.SortTo is not { } to || Compare(sort, to) <= 0);

    /// <summary>Whether a sort key outside of the range comes before it.</summary>
    private static bool IsBelow(TableQuery query, string sort) => Compare(sort, query.SortPrefix ?? query.SortFrom ?? "") < 0;

    /// <summary>DynamoDB's order: that of the UTF-8 bytes.</summary>
    private static int Compare(string one, string other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other));
}
