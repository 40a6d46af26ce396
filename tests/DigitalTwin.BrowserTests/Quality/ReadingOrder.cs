using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace DigitalTwin.BrowserTests.Quality;

/// <summary>
/// The page as the browser hands it to a screen reader: one line for each thing that is read, in the order of reading. What lies behind
/// an open panel is not there.
/// </summary>
internal static class ReadingOrder
{
    private static readonly HashSet<string> Silent = ["none", "generic", "InlineTextBox", "LineBreak", "ListMarker", "RootWebArea", "MenuListPopup"];
    private static readonly string[] Told = ["level", "focused", "disabled", "pressed", "expanded", "checked", "modal", "busy", "live", "invalid", "roledescription"];

    public static async Task<string> OfAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("Accessibility.enable");
        var answer = await session.SendAsync("Accessibility.getFullAXTree");
        await session.DetachAsync();
        var nodes = answer!.Value.GetProperty("nodes").EnumerateArray().ToDictionary(node => node.GetProperty("nodeId").GetString()!);
        var text = new StringBuilder();
        Write(nodes.Values.First(node => !node.TryGetProperty("parentId", out _)), nodes, text, 0, "");
        return text.ToString();
    }

    private static void Write(JsonElement node, Dictionary<string, JsonElement> nodes, StringBuilder text, int depth, string around)
    {
        var role = ValueOf(node, "role");
        var name = ValueOf(node, "name");
        var live = Properties(node).FirstOrDefault(property => property.StartsWith("live ", StringComparison.Ordinal));
        var isRead = !node.GetProperty("ignored").GetBoolean() && (!Silent.Contains(role) || (live is not null && role == "generic")) && !(role == "StaticText" && (name.Trim().Length == 0 || around.Contains(name.Trim(), StringComparison.Ordinal)));
        if (isRead)
        {
            var details = string.Concat(Properties(node).Where(property => property != "live off").Select(property => $" [{property}]"));
            var value = ValueOf(node, "value");
            var description = ValueOf(node, "description");
            text.Append(' ', depth * 2).Append(role == "StaticText" ? "text" : role).Append(name.Length > 0 ? $" \"{name.Trim()}\"" : "").Append(details)
                .Append(value.Length > 0 ? $" = {value}" : "").Append(description.Length > 0 && description != name ? $" ({description})" : "").Append('\n');
        }

        foreach (var child in node.GetProperty("childIds").EnumerateArray().Select(id => id.GetString()!).Where(nodes.ContainsKey))
        {
            Write(nodes[child], nodes, text, isRead ? depth + 1 : depth, isRead && role is not ("article" or "region" or "dialog" or "main" or "log" or "navigation" or "list") ? name : around);
        }
    }

    private static IEnumerable<string> Properties(JsonElement node) => node.TryGetProperty("properties", out var properties)
        ? properties.EnumerateArray()
            .Select(property => (Name: property.GetProperty("name").GetString()!, Value: property.GetProperty("value").TryGetProperty("value", out var value) ? value.ToString() : ""))
            .Where(property => Told.Contains(property.Name) && property.Value is not ("" or "false" or "False"))
            .Select(property => property.Value is "true" or "True" ? property.Name : $"{property.Name} {property.Value}")
        : [];

    private static string ValueOf(JsonElement node, string name) =>
        node.TryGetProperty(name, out var property) && property.TryGetProperty("value", out var value) ? value.ToString() : "";
}
