namespace DigitalTwin.Acceptance.Targets;

/// <summary>The same where the owners are those of a user pool (<c>OwnerUserPoolId</c>): the gateway lets their tokens in, and no key.</summary>
public sealed class LambdaWithOwnerPool : LambdaOnAws
{
    private const string Token = "the-token-of-the-tests-owner-0123456789";

    public override string? OwnerKey => Token;

    public override bool HasOwnerPool => true;

    protected override IReadOnlyDictionary<string, string> OwnerTokens => new Dictionary<string, string> { [Token] = "[owner]" };
}
