namespace DigitalTwin.Tests.Architecture;

/// <summary>
/// Who may know whom, as data. A layer is a feature's namespace with all below it; <c>Application</c> is the list of features
/// (<c>Program</c>, <c>TwinApplication</c>, <c>TwinJson</c>), <c>Root</c> every other type of the namespace <c>DigitalTwin</c>.
/// </summary>
internal static class Layers
{
    public const string Application = "Application";
    public const string Root = "Root";
    public const string Hosting = "Hosting";
    public const string Ports = "Storage";
    public const string Jobs = "Jobs";
    public const string EmbeddedStorage = "Storage.Embedded";
    public const string AwsStorage = "Storage.Aws";

    public const string Aws = "Aws";

    /// <summary>The SDK of AWS, which few may know.</summary>
    public const string AwsSdk = "AwsSdk";

    private const string Namespace = "DigitalTwin";
    private static readonly string[] ApplicationTypes = ["Program", "TwinApplication", "TwinJson"];

    /// <summary>Beside these, every layer may use itself and Root, and every feature the storage ports and the jobs.</summary>
    public static IReadOnlyDictionary<string, string[]> Features { get; } = new Dictionary<string, string[]>
    {
        [Aws] = [AwsSdk],
        ["Chat"] = ["Persona", "Memory", "Knowledge", "Engines"],
        ["Engines"] = ["Aws", "Knowledge"],
        ["Jobs"] = [],
        ["Knowledge"] = [],
        ["Memory"] = [],
        ["Owner"] = [],
        ["Persona"] = [],
    };

    /// <summary>The layer of a type by the namespace and the name of its outermost type; null outside the application.</summary>
    public static string? Of(string typeNamespace, string typeName)
    {
        if (typeName is "Program" or "<Program>$" && typeNamespace.Length == 0)
        {
            return Application;
        }

        if (typeNamespace == Namespace)
        {
            return ApplicationTypes.Contains(typeName) ? Application : Root;
        }

        if (!typeNamespace.StartsWith(Namespace + ".", StringComparison.Ordinal))
        {
            return typeNamespace == "Amazon" || typeNamespace.StartsWith("Amazon.", StringComparison.Ordinal) ? AwsSdk : null;
        }

        var rest = typeNamespace[(Namespace.Length + 1)..];
        string[] stores = [EmbeddedStorage, AwsStorage];
        return stores.FirstOrDefault(store => rest == store || rest.StartsWith(store + ".", StringComparison.Ordinal)) ?? rest.Split('.')[0];
    }

    /// <summary>Also true of what is none of the application's own.</summary>
    public static bool Allows(string? from, string? to) =>
        from is null || to is null
        || from == to
        || from is Application or Hosting
        || to == Root
        || (from, to) is (Root, Ports) or (Ports, EmbeddedStorage) or (EmbeddedStorage, Ports) or (Ports, AwsStorage) or (AwsStorage, Ports or Aws or AwsSdk)
        || (Features.TryGetValue(from, out var allowed) && (to is Ports or Jobs || allowed.Contains(to)));
}
