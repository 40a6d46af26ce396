namespace DigitalTwin.Tests.Testing;

/// <summary>A small persona of the tests' own, so that what they expect does not hang on the sample persona's words.</summary>
internal sealed class Workshop : IDisposable
{
    public const string Question = "How much does a full leather binding cost?";
    public const string Answer = "A full leather binding costs 180 pounds.";

    private readonly TempFolder folder = new();

    public Workshop()
    {
        Directory.CreateDirectory(folder.File("knowledge"));
        File.WriteAllText(folder.File("me.txt"), "I am Grace Kim. I bind books in a small workshop in Leeds, and I have done so since 1998.\n");
        File.WriteAllText(
            folder.File("profile.json"),
            """
            {"name": "Grace Kim", "headline": "Bookbinder in Leeds", "greeting": "Hello, I am Grace.",
             "suggestions": ["Where is the workshop?", "How long does a repair take?"], "accent": "#2f5d50"}
            """);
        File.WriteAllText(
            folder.File("knowledge/prices.md"),
            """
            # Prices

            ## Bindings

            A full leather binding costs 180 pounds. Cloth is a third of that.

            ## Repairs

            A torn page is mended for 4 pounds. Repairs take two weeks.
            """);
    }

    public (string Setting, string Value) Setting => ("Twin:Persona:SeedPath", folder.Path);

    public void Dispose() => folder.Dispose();
}
