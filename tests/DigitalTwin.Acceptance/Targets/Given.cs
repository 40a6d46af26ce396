using DigitalTwin.Tests.Testing;

namespace DigitalTwin.Acceptance.Targets;

/// <summary>
/// The twin that runs already at <c>TWIN_URL</c>, with its owner's key in <c>TWIN_OWNER_KEY</c>, or an owner's token in
/// <c>TWIN_OWNER_TOKEN</c> where a user pool knows the owners. Where none is named, what <c>dotnet run</c> starts: Kestrel, the embedded
/// storage, no model.
/// </summary>
public sealed class Given : Target
{
    private static readonly string? Token = Variable("TWIN_OWNER_TOKEN");

    private readonly TempFolder folder = new();
    private TwinProcess? twin;

    public override string? OwnerKey => Url is null ? base.OwnerKey : Token ?? Variable("TWIN_OWNER_KEY");

    public override bool HasOwnerPool => Url is not null && Token is not null;

    public override string? Log => twin?.Output;

    public override string? Engine => Url is null ? "extractive" : null;

    public override async ValueTask DisposeAsync()
    {
        if (twin is not null)
        {
            await twin.DisposeAsync();
        }

        folder.Dispose();
    }

    protected override string? WhatIsMissing() => null;

    protected override async ValueTask<Uri> StartAsync()
    {
        if (Url is not null)
        {
            return Url;
        }

        twin = await TwinProcess.StartAsync(folder.Path, ("Twin:Owner:Key", OwnerKeyOfTests));
        return twin.Address;
    }
}
