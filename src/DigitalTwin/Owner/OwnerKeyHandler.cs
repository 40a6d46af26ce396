using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace DigitalTwin.Owner;

/// <summary>
/// Signs the owner in by <c>Authorization: Bearer &lt;owner key&gt;</c> (RFC 6750), or by a token of the owner's user pool that the
/// gateway before us has verified: then whoever is in the pool's group <c>owner</c> is the owner.
/// </summary>
internal sealed class OwnerKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, OwnerKey owner, WrongKeyLimit limit)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "OwnerKey";
    private const string Prefix = "Bearer ";
    private const string Group = "owner";

    /// <summary>Seconds until this request's address may try again, when that is why the request failed.</summary>
    private int blockedFor;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Context.Features.Get<VerifiedClaims>() is { } claims)
        {
            return Task.FromResult(claims.IsInGroup(Group) ? Owner() : AuthenticateResult.Fail("Not in the owner's group."));
        }

        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var address = Context.Connection.RemoteIpAddress;
        blockedFor = limit.SecondsToWait(address);
        if (blockedFor > 0)
        {
            return Task.FromResult(AuthenticateResult.Fail("Too many wrong keys."));
        }

        if (!owner.Matches(header[Prefix.Length..].Trim()))
        {
            blockedFor = limit.NoteWrongKey(address);
            return Task.FromResult(AuthenticateResult.Fail("A wrong key."));
        }

        return Task.FromResult(Owner());
    }

    private static AuthenticateResult Owner()
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "owner")], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (blockedFor > 0)
        {
            return TwinProblem.RateLimited(blockedFor).ExecuteAsync(Context);
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        return TwinProblem.Unauthorized().ExecuteAsync(Context);
    }
}
