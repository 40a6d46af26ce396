using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace DigitalTwin.Storage.Aws;

/// <summary>
/// The table over DynamoDB's low-level calls. Reads by primary key are strongly consistent, those through an index are not. Every
/// write is a transaction, a single one too: only transactions carry a token, by which a repeated request whose first answer was lost
/// does nothing twice (API reference of TransactWriteItems, ClientRequestToken; ten minutes).
/// </summary>
internal sealed partial class DynamoDbTable(IAmazonDynamoDB client, string tableName, TimeProvider clock, ILogger<DynamoDbTable> log) : ITable
{
    /// <summary>Tries of a transaction that collides with others, beside those for what fails on the way.</summary>
    private const int ConflictTries = 12;

    public bool WritesInOrder => false;

    public bool IsShared => true;

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    public async ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken = default)
    {
        TableGuard.Check(key);
        var request = new GetItemRequest { TableName = tableName, Key = DynamoDbItems.Key(key), ConsistentRead = true };
        var response = await CallAsync(() => client.GetItemAsync(request, cancellationToken), cancellationToken);
        return response.Item is { Count: > 0 } found && DynamoDbItems.Item(found) is var item && !(item.ExpiresAt <= Now) ? item : null;
    }

    public async ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken = default)
    {
        TableGuard.Check(query);
        cancellationToken.ThrowIfCancellationRequested();
        var items = new List<TableItem>();
        if (DynamoDbQuery.Of(query, tableName, Now) is not { } request)
        {
            return new TablePage(items, null);
        }

        do
        {
            request.Limit = query.Limit - items.Count;
            var response = await CallAsync(() => client.QueryAsync(request, cancellationToken), cancellationToken);
            items.AddRange((response.Items ?? []).Select(DynamoDbItems.Item));
            request.ExclusiveStartKey = response.LastEvaluatedKey is { Count: > 0 } last ? last : null;
        }
        while (request.ExclusiveStartKey is not null && items.Count < query.Limit);

        return new TablePage(items, request.ExclusiveStartKey is null ? null : DynamoDbQuery.Cursor(query.Index, items[^1]));
    }

    public async ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken = default)
    {
        TableGuard.Check(writes.Span);
        cancellationToken.ThrowIfCancellationRequested();
        var startsAnew = new HashSet<int>();
        for (var attempt = 1; ; attempt++)
        {
            var transaction = new DynamoDbTransaction(tableName, Now);
            var request = new TransactWriteItemsRequest
            {
                TransactItems = transaction.Build(writes.Span, startsAnew),
                ClientRequestToken = TwinId.New("t-"),
            };
            try
            {
                await CallAsync(() => client.TransactWriteItemsAsync(request, cancellationToken), cancellationToken);
                return WriteResult.Success;
            }
            catch (TransactionCanceledException e)
            {
                if (FirstFailure(transaction, writes.Span, e, startsAnew) is { } failed)
                {
                    return new WriteResult(failed);
                }

                await CollidedAsync(attempt, e, cancellationToken);
            }
        }
    }

    /// <summary>The files are the service's.</summary>
    public ValueTask ScrubAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>
    /// The first write whose condition really failed. Null when the transaction only met another one, or an add was planned for what
    /// is not there; the plan is then turned round.
    /// </summary>
    private static int? FirstFailure(DynamoDbTransaction transaction, ReadOnlySpan<TableWrite> writes, TransactionCanceledException e, HashSet<int> startsAnew)
    {
        for (var i = 0; i < writes.Length && i < e.CancellationReasons.Count; i++)
        {
            var reason = e.CancellationReasons[i];
            if (reason.Code != "ConditionalCheckFailed")
            {
                continue;
            }

            if (transaction.Fails(writes[i], reason.Item))
            {
                return i;
            }

            if (transaction.IsGone(reason.Item))
            {
                startsAnew.Add(i);
            }
            else
            {
                startsAnew.Remove(i);
            }
        }

        return null;
    }

    private async Task CollidedAsync(int attempt, TransactionCanceledException e, CancellationToken cancellationToken)
    {
        var codes = string.Join(", ", e.CancellationReasons.Select(reason => reason.Code).Where(code => code != "None").Distinct());
        if (attempt == ConflictTries)
        {
            throw new StorageUnavailableException($"The table {tableName} kept cancelling a transaction: {codes}.", e);
        }

        LogConflict(log, attempt, codes);
        await AwsCalls.PauseAsync(attempt, cancellationToken);
    }

    /// <summary>What repeating does not mend is a store that cannot be reached now.</summary>
    private async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await AwsCalls.TryAsync(call, cancellationToken);
        }
        catch (ResourceNotFoundException e)
        {
            throw new StorageUnavailableException($"There is no table {tableName}; 'dotnet run -- setup-storage' creates it.", e);
        }
        catch (Exception e) when (e is not TransactionCanceledException && AwsCalls.IsUnavailable(e, cancellationToken))
        {
            throw new StorageUnavailableException($"The table {tableName} cannot be reached: {AwsCalls.Reason(e)}.", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Transaction cancelled at try {Attempt}: {Codes}")]
    private static partial void LogConflict(ILogger log, int attempt, string codes);
}
