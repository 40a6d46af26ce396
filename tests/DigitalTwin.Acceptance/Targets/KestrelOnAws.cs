using DigitalTwin.Tests.Testing;

namespace DigitalTwin.Acceptance.Targets;

/// <summary>Kestrel on DynamoDB, S3, Secrets Manager and Bedrock.</summary>
public sealed class KestrelOnAws : Target
{
    private readonly TempFolder folder = new();
    private readonly EmulatedCloud cloud = new(OwnerKeyOfTests);
    private TwinProcess? twin;

    public override string? Log => twin?.Output;

    public override string Engine => "bedrock";

    public override async ValueTask DisposeAsync()
    {
        if (twin is not null)
        {
            await twin.DisposeAsync();
        }

        await cloud.DisposeAsync();
        folder.Dispose();
    }

    protected override string? WhatIsMissing() => base.WhatIsMissing() ?? EmulatedCloud.WhatIsMissing;

    protected override async ValueTask<Uri> StartAsync()
    {
        twin = await TwinProcess.StartAsync(folder.Path, await cloud.StartAsync(folder.Path));
        return twin.Address;
    }
}
