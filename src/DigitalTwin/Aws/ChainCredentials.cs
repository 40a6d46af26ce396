using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace DigitalTwin.Aws;

/// <summary>
/// The keys that AWSSDK.Core finds: environment, web identity, profile, then the role of the container or the machine. Looked for at
/// the first use, off the caller's thread, because the last of these asks the network; kept and renewed by the SDK after that.
/// </summary>
internal sealed class ChainCredentials : AWSCredentials, IDisposable
{
    private readonly DefaultAWSCredentialsIdentityResolver _chain = new();

    public override ImmutableCredentials GetCredentials() => _chain.ResolveIdentity(null).GetCredentials();

    public override Task<ImmutableCredentials> GetCredentialsAsync() =>
        Task.Run(async () => await (await _chain.ResolveIdentityAsync(null, CancellationToken.None)).GetCredentialsAsync());

    public void Dispose() => _chain.Dispose();
}
