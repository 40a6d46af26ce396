using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace DigitalTwin.Storage.Aws;

/// <summary>
/// Builds the request of one transaction. An item past its expiry counts as absent in every condition, whether DynamoDB has
/// swept it or not.
/// </summary>
/// <remarks>
/// What an add does depends on what is stored: a living counter grows, an absent or expired one starts anew. DynamoDB's language cannot
/// say both in one update, so each add is planned for one of the two and its condition guards the plan; the stored item that comes back
/// with a failed condition tells which plan is right.
/// </remarks>
internal sealed class DynamoDbTransaction(string table, long now)
{
    private const string Alive = "attribute_exists(PK) AND (attribute_not_exists(#ttl) OR #ttl > :now)";
    private const string Absent = "(attribute_not_exists(PK) OR #ttl <= :now)";

    /// <param name="startsAnew">The writes whose counter is known to be absent or expired.</param>
    public List<TransactWriteItem> Build(ReadOnlySpan<TableWrite> writes, HashSet<int> startsAnew)
    {
        var items = new List<TransactWriteItem>(writes.Length);
        for (var i = 0; i < writes.Length; i++)
        {
            items.Add(Build(writes[i], startsAnew.Contains(i)));
        }

        return items;
    }

    /// <summary>Whether what the write asks of the stored item really fails, given that item; an add may only have been planned wrongly.</summary>
    public bool Fails(TableWrite write, Dictionary<string, AttributeValue>? stored)
    {
        if (write.Kind != TableWriteKind.Add)
        {
            return true;
        }

        var counter = stored is { Count: > 0 } && DynamoDbItems.Item(stored) is var item && !(item.ExpiresAt <= now) ? item.Counter : 0;
        return write.Ceiling is { } ceiling && counter + write.Amount > ceiling;
    }

    /// <summary>Whether the stored item of an add is absent or expired.</summary>
    public bool IsGone(Dictionary<string, AttributeValue>? stored) =>
        stored is not { Count: > 0 } || DynamoDbItems.Item(stored).ExpiresAt <= now;

    private TransactWriteItem Build(TableWrite write, bool startsAnew) => write.Kind switch
    {
        TableWriteKind.Put => new TransactWriteItem { Put = Put(DynamoDbItems.Attributes(write.Item!), Condition.Of(write.Condition, now)) },
        TableWriteKind.Delete => new TransactWriteItem { Delete = Delete(write) },
        TableWriteKind.Check => new TransactWriteItem { ConditionCheck = Check(write) },
        _ => startsAnew
            ? new TransactWriteItem { Put = Put(DynamoDbItems.Attributes(NewCounter(write)), Condition.Of(WriteCondition.Absent, now)) }
            : new TransactWriteItem { Update = Grow(write) },
    };

    private Put Put(Dictionary<string, AttributeValue> attributes, Condition condition) => new()
    {
        TableName = table,
        Item = attributes,
        ConditionExpression = condition.Expression,
        ExpressionAttributeNames = condition.Names,
        ExpressionAttributeValues = condition.Values,
        ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
    };

    private Delete Delete(TableWrite write)
    {
        var condition = Condition.Of(write.Condition, now);
        return new Delete
        {
            TableName = table,
            Key = DynamoDbItems.Key(write.Key),
            ConditionExpression = condition.Expression,
            ExpressionAttributeNames = condition.Names,
            ExpressionAttributeValues = condition.Values,
        };
    }

    /// <summary>A check without a condition holds of everything; DynamoDB wants one all the same.</summary>
    private ConditionCheck Check(TableWrite write)
    {
        var condition = Condition.Of(write.Condition, now);
        return new ConditionCheck
        {
            TableName = table,
            Key = DynamoDbItems.Key(write.Key),
            ConditionExpression = condition.Expression ?? "attribute_exists(PK) OR attribute_not_exists(PK)",
            ExpressionAttributeNames = condition.Names,
            ExpressionAttributeValues = condition.Values,
        };
    }

    private Update Grow(TableWrite write)
    {
        var condition = Condition.Of(WriteCondition.Present, now);
        var names = condition.Names!;
        var values = condition.Values!;
        names["#counter"] = DynamoDbItems.Counter;
        values[":amount"] = DynamoDbItems.Number(write.Amount);
        values[":zero"] = DynamoDbItems.Number(0);
        var expression = condition.Expression;
        if (write.Ceiling is { } ceiling)
        {
            values[":room"] = DynamoDbItems.Number(Saturated(ceiling, write.Amount));
            expression += write.Amount > ceiling
                ? " AND #counter <= :room"
                : " AND (attribute_not_exists(#counter) OR #counter <= :room)";
        }

        return new Update
        {
            TableName = table,
            Key = DynamoDbItems.Key(write.Key),
            UpdateExpression = "SET #counter = if_not_exists(#counter, :zero) + :amount",
            ConditionExpression = expression,
            ExpressionAttributeNames = names,
            ExpressionAttributeValues = values,
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
        };
    }

    private static TableItem NewCounter(TableWrite write) => new() { Key = write.Key, Counter = write.Amount, ExpiresAt = write.ExpiresAt };

    private static long Saturated(long ceiling, long amount)
    {
        var room = (Int128)ceiling - amount;
        return (long)Int128.Clamp(room, long.MinValue, long.MaxValue);
    }

    /// <summary>A condition in DynamoDB's words; all null for none.</summary>
    private sealed record Condition(string? Expression, Dictionary<string, string>? Names, Dictionary<string, AttributeValue>? Values)
    {
        private static readonly Condition None = new(null, null, null);

        public static Condition Of(WriteCondition condition, long now)
        {
            if (condition.Kind == ConditionKind.None)
            {
                return None;
            }

            var names = new Dictionary<string, string> { ["#ttl"] = DynamoDbItems.Expiry };
            var values = new Dictionary<string, AttributeValue> { [":now"] = DynamoDbItems.Number(now) };
            switch (condition.Kind)
            {
                case ConditionKind.Absent:
                    return new Condition(Absent, names, values);
                case ConditionKind.Version:
                    names["#version"] = DynamoDbItems.Version;
                    values[":version"] = DynamoDbItems.Number(condition.Version);
                    return new Condition($"#version = :version AND {Alive}", names, values);
                default:
                    return new Condition(Alive, names, values);
            }
        }
    }
}
