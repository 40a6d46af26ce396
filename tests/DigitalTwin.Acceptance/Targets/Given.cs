using DigitalTwin.Tests.Testing;

namespace DigitalTwin.Acceptance.Targets;

/// <summary>
/// The twin that runs already at <c>TWIN_URL</c>, with its owner's key in <c>TWIN_OWNER_KEY</c>. Where none is named, what
/// <c>dotnet run</c> starts: Kestrel, the embedded storage, no model.
/// </summary>
public sealed class Given : Target
{
    private readonly TempFolder folder = new();
    private TwinProcess? twin;

    public override string? OwnerKey => Url is null ? base.OwnerKey : Variable("TWIN_OWNER_KEY");

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
