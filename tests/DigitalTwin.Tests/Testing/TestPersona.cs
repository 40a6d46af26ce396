using System.Text.Json.Nodes;

namespace DigitalTwin.Tests.Testing;

/// <summary>A persona that is nobody of the seed, as a request and as a seed folder.</summary>
internal static class TestPersona
{
    public const string Me =
        "I am Otto Lindqvist. I was born on 3 May 1961 in Umeå. I keep bees on the island of Holmön. My favourite colour is saffron yellow.";

    public static JsonObject Profile => new()
    {
        ["name"] = "Otto Lindqvist",
        ["headline"] = "Beekeeper",
        ["greeting"] = "Hej! Ask me about bees.",
        ["suggestions"] = new JsonArray("Where do you keep your bees?"),
        ["accent"] = "#c79a00",
    };

    public static string Update(string me = Me, Action<JsonObject>? change = null)
    {
        var profile = Profile;
        change?.Invoke(profile);
        return new JsonObject { ["me"] = me, ["profile"] = profile }.ToJsonString();
    }

    public static void WriteTo(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "knowledge"));
        File.WriteAllText(Path.Combine(folder, "me.txt"), Me);
        File.WriteAllText(Path.Combine(folder, "profile.json"), Profile.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "knowledge", "honey.md"), "# Honey\n\nHeather honey is harvested in the last week of August.\n");
    }
}
