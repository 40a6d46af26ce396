using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <summary>Tests that measure run when nothing else does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class TimingTests
{
    public const string Name = "Timing";
}
