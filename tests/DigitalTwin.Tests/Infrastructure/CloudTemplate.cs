using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using YamlDotNet.RepresentationModel;

namespace DigitalTwin.Tests.Infrastructure;

/// <summary>A template as its author wrote it, with short forms such as <c>!Ref</c> written out.</summary>
internal sealed class CloudTemplate(JsonObject root)
{
    public static CloudTemplate Twin { get; } = Load("serverless.template");

    public JsonObject Resources => root[nameof(Resources)]!.AsObject();

    public JsonObject Root => root;

    public static CloudTemplate Load(params string[] path)
    {
        using var reader = File.OpenText(Repository.Path(path));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return new CloudTemplate(Read(yaml.Documents.Single().RootNode)!.AsObject());
    }

    /// <summary>The resources of a type, by name.</summary>
    public Dictionary<string, JsonObject> OfType(string type) => Resources
        .Where(resource => resource.Value!["Type"]!.GetValue<string>() == type)
        .ToDictionary(resource => resource.Key, resource => resource.Value!["Properties"]!.AsObject());

    /// <summary>Every value in a part of a template, with the path to it.</summary>
    public static IEnumerable<(string Path, string Value)> Values(JsonNode? node, string path = "") => node switch
    {
        JsonObject members => members.SelectMany(member => Values(member.Value, $"{path}/{member.Key}")),
        JsonArray items => items.SelectMany((item, i) => Values(item, $"{path}/{i}")),
        null => [],
        _ => [(path, node.ToString())],
    };

    /// <summary>One string or a list of them.</summary>
    public static IEnumerable<JsonNode> OneOrMany(JsonNode? node) => node switch
    {
        null => [],
        JsonArray items => items.Select(item => item!),
        _ => [node],
    };

    /// <summary>The resource that a <c>!Ref</c> or <c>!GetAtt</c> names; null for anything else.</summary>
    public static string? Target(JsonNode? node) =>
        (node as JsonObject)?["Ref"]?.GetValue<string>() ?? (node as JsonObject)?["Fn::GetAtt"]?.GetValue<string>().Split('.')[0];

    private static JsonNode? Read(YamlNode node)
    {
        JsonNode? value = node switch
        {
            YamlMappingNode map => new JsonObject(map.Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, Read(entry.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Select(Read)]),
            _ => JsonValue.Create(((YamlScalarNode)node).Value),
        };
        return node.Tag is { IsEmpty: false } tag && tag.Value is ['!', not '!', ..]
            ? new JsonObject { [tag.Value is "!Ref" ? "Ref" : "Fn::" + tag.Value[1..]] = value }
            : value;
    }
}
