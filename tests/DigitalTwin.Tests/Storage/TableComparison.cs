using DigitalTwin.Storage;
using Xunit;

namespace DigitalTwin.Tests.Storage;

/// <summary>Whether two stores, or a store and the model, answer alike.</summary>
internal static class TableComparison
{
    /// <summary>The items of all pages.</summary>
    public static async Task<List<TableItem>> PagesAsync(ITable table, TableQuery query)
    {
        var items = new List<TableItem>();
        for (var next = query; ;)
        {
            var page = await table.QueryAsync(next);
            Assert.True(page.Items.Count <= query.Limit);
            items.AddRange(page.Items);
            if (page.Next is null)
            {
                return items;
            }

            next = query with { After = page.Next };
        }
    }

    /// <summary>The port leaves open in which order items with the same index sort key come.</summary>
    public static void AssertSame(TableQuery query, List<TableItem> expected, List<TableItem> actual)
    {
        Assert.Equal(expected.Select(Sort), actual.Select(Sort));
        foreach (var (one, other) in expected.OrderBy(Tie).Zip(actual.OrderBy(Tie)))
        {
            AssertSame(one, other);
        }

        string Sort(TableItem item) => query.Index switch
        {
            TableIndex.Gsi1 => item.Gsi1!.Value.SK,
            TableIndex.Gsi2 => item.Gsi2!.Value.SK,
            _ => item.Key.SK,
        };

        static (string, string) Tie(TableItem item) => (item.Key.PK, item.Key.SK);
    }

    public static void AssertSame(TableItem? expected, TableItem? actual)
    {
        Assert.Equal(expected is null ? null : expected with { Body = default }, actual is null ? null : actual with { Body = default });
        Assert.Equal(expected?.Body.ToArray(), actual?.Body.ToArray());
    }
}
