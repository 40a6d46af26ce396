using DigitalTwin.Tests.Hosting.Lambda;
using DigitalTwin.Tests.Testing;
using DigitalTwin.Tests.Testing.Lambda;

namespace DigitalTwin.Acceptance.Targets;

/// <summary>
/// The published application as Lambda runs it, two instances of it, behind a gateway that makes events of HTTP and streams what comes
/// through the function URL; on DynamoDB, S3, Secrets Manager and Bedrock.
/// </summary>
public class LambdaOnAws : Target
{
    private const int Instances = 2;

    private readonly TempFolder folder = new();
    private readonly EmulatedCloud cloud = new(OwnerKeyOfTests);
    private readonly List<LambdaProcess> instances = [];
    private LoopbackRuntimeApi? runtime;
    private LambdaGateway? gateway;

    public override string? Log => string.Join('\n', instances.Select(instance => instance.Output));

    public override string Engine => "bedrock";

    /// <summary>What the gateway's authorizer takes before the owner's routes; null when there is none.</summary>
    protected virtual IReadOnlyDictionary<string, string>? OwnerTokens => null;

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (gateway is not null)
        {
            await gateway.DisposeAsync();
        }

        foreach (var instance in instances)
        {
            await instance.DisposeAsync();
        }

        if (runtime is not null)
        {
            await runtime.DisposeAsync();
        }

        await cloud.DisposeAsync();
        folder.Dispose();
    }

    protected override string? WhatIsMissing() => base.WhatIsMissing() ?? EmulatedCloud.WhatIsMissing;

    protected override async ValueTask<Uri> StartAsync()
    {
        var settings = await cloud.StartAsync(folder.Path);
        var assembly = await PublishedTwin.AssemblyPath;
        runtime = await LoopbackRuntimeApi.StartAsync();
        gateway = await LambdaGateway.StartAsync(runtime, OwnerTokens);
        for (var n = 0; n < Instances; n++)
        {
            instances.Add(LambdaProcess.Start(assembly, runtime.Address, settings));
        }

        return gateway.Address;
    }
}
