using DigitalTwin.Acceptance.Targets;
using Xunit;

// One class for each suite and target: the same tests against each twin. The tests of a target share it and run one after the other.
namespace DigitalTwin.Acceptance
{
    [CollectionDefinition(nameof(Given))]
    public sealed class OneGiven : ICollectionFixture<Given>;

    [CollectionDefinition(nameof(KestrelOnAws))]
    public sealed class OneKestrelOnAws : ICollectionFixture<KestrelOnAws>;

    [CollectionDefinition(nameof(LambdaOnAws))]
    public sealed class OneLambdaOnAws : ICollectionFixture<LambdaOnAws>;

    [CollectionDefinition(nameof(LambdaWithOwnerPool))]
    public sealed class OneLambdaWithOwnerPool : ICollectionFixture<LambdaWithOwnerPool>;
}

namespace DigitalTwin.Acceptance.WithGiven
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

namespace DigitalTwin.Acceptance.WithKestrelOnAws
{
    [Collection(nameof(KestrelOnAws))]
    public sealed class Basics(KestrelOnAws twin) : BasicsSuite(twin);

    [Collection(nameof(KestrelOnAws))]
    public sealed class Questions(KestrelOnAws twin) : QuestionsSuite(twin);

    [Collection(nameof(KestrelOnAws))]
    public sealed class Streaming(KestrelOnAws twin) : StreamingSuite(twin);

    [Collection(nameof(KestrelOnAws))]
    public sealed class Sessions(KestrelOnAws twin) : SessionsSuite(twin);

    [Collection(nameof(KestrelOnAws))]
    public sealed class Privacy(KestrelOnAws twin) : PrivacySuite(twin);

    [Collection(nameof(KestrelOnAws))]
    public sealed class Owner(KestrelOnAws twin) : OwnerSuite(twin);
}

namespace DigitalTwin.Acceptance.WithLambdaOnAws
{
    [Collection(nameof(LambdaOnAws))]
    public sealed class Basics(LambdaOnAws twin) : BasicsSuite(twin);

    [Collection(nameof(LambdaOnAws))]
    public sealed class Questions(LambdaOnAws twin) : QuestionsSuite(twin);

    [Collection(nameof(LambdaOnAws))]
    public sealed class Streaming(LambdaOnAws twin) : StreamingSuite(twin);

    [Collection(nameof(LambdaOnAws))]
    public sealed class Sessions(LambdaOnAws twin) : SessionsSuite(twin);

    [Collection(nameof(LambdaOnAws))]
    public sealed class Privacy(LambdaOnAws twin) : PrivacySuite(twin);

    [Collection(nameof(LambdaOnAws))]
    public sealed class Owner(LambdaOnAws twin) : OwnerSuite(twin);
}

namespace DigitalTwin.Acceptance.WithOwnerPool
{
    [Collection(nameof(LambdaWithOwnerPool))]
    public sealed class Owner(LambdaWithOwnerPool twin) : OwnerSuite(twin);
}
