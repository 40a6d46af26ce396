using DigitalTwin.Acceptance.Targets;
using Xunit;

// One class for each suite and target: the same tests against each twin. The tests of a target share it and run one after the other.
namespace DigitalTwin.Acceptance
{
    [CollectionDefinition(nameof(Given))]
    public sealed class OneGiven : ICollectionFixture<Given>;
}

namespace DigitalTwin.Acceptance.OnGiven
{
    [Collection(nameof(Given))]
    public sealed class Basics(Given twin) : BasicsSuite(twin);

    [Collection(nameof(Given))]
    public sealed class Questions(Given twin) : QuestionsSuite(twin);

    [Collection(nameof(Given))]
    public sealed class Streaming(Given twin) : StreamingSuite(twin);

    [Collection(nameof(Given))]
    public sealed class Sessions(Given twin) : SessionsSuite(twin);

    [Collection(nameof(Given))]
    public sealed class Privacy(Given twin) : PrivacySuite(twin);

    [Collection(nameof(Given))]
    public sealed class Owner(Given twin) : OwnerSuite(twin);
}
