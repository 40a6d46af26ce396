using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DigitalTwin.Chat;
using DigitalTwin.Hosting;
using DigitalTwin.Jobs;
using DigitalTwin.Knowledge;
using DigitalTwin.Memory;
using DigitalTwin.Persona;

namespace DigitalTwin;

/// <summary>The front door of the source-generated JSON: every feature's context, one set of options.</summary>
public static class TwinJson
{
    /// <summary>JSON bodies nested deeper than this are refused.</summary>
    public const int MaxDepth = 32;

    /// <summary>Makes <paramref name="options"/> those of the HTTP API.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.MaxDepth = MaxDepth;
        options.NumberHandling = JsonNumberHandling.Strict;
        // The bodies are application/json and never stand inside HTML, so quotes and accents may stay readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        IJsonTypeInfoResolver[] features =
        [
            ChatJson.Default, MemoryJson.Default, PersonaJson.Default, KnowledgeJson.Default, JobsJson.Default, HostingJson.Default, ProblemJson.Default,
        ];
        for (var i = 0; i < features.Length; i++)
        {
            options.TypeInfoResolverChain.Insert(i, features[i]);
        }
    }
}
