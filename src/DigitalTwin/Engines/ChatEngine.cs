using Microsoft.Extensions.AI;

namespace DigitalTwin.Engines;

/// <summary>What writes an answer, under the name that settings, answers and metrics know it by.</summary>
public sealed record ChatEngine(string Name, IChatClient Client);
