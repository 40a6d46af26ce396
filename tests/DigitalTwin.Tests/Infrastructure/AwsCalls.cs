using System.Reflection;
using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace DigitalTwin.Tests.Infrastructure;

/// <summary>
/// What the built application asks of AWS, found in its code: calls of the SDK's clients, and operations of the signed client in
/// <c>Aws/</c>. What only the command <c>setup-storage</c> reaches is left out: a person runs that, with rights of their own.
/// </summary>
internal static partial class AwsCalls
{
    private const string Setup = "DigitalTwin.Storage.StorageSetup";
    private const string ServiceType = "DigitalTwin.Aws.AwsService";
    private const string OperationType = "DigitalTwin.Aws.AwsOperation";

    /// <summary>Where IAM's action has another name than the operation. A transaction is granted by its parts.</summary>
    private static readonly Dictionary<string, string?> OtherNames = new()
    {
        ["dynamodb:TransactWriteItems"] = null,
        ["s3:GetObjectMetadata"] = "s3:GetObject",
        ["s3:ListObjectsV2"] = "s3:ListBucket",
        ["s3:ListVersions"] = "s3:ListBucketVersions",
        ["bedrock:Converse"] = "bedrock:InvokeModel",
        ["bedrock:ConverseStream"] = "bedrock:InvokeModelWithResponseStream",
    };

    /// <summary>What a request is made of can need an action of its own.</summary>
    private static readonly Dictionary<string, string> Parts = new()
    {
        ["Amazon.DynamoDBv2.Model.Put::.ctor"] = "dynamodb:PutItem",
        ["Amazon.DynamoDBv2.Model.Update::.ctor"] = "dynamodb:UpdateItem",
        ["Amazon.DynamoDBv2.Model.Delete::.ctor"] = "dynamodb:DeleteItem",
        ["Amazon.DynamoDBv2.Model.ConditionCheck::.ctor"] = "dynamodb:ConditionCheckItem",
        ["Amazon.S3.Model.GetObjectRequest::set_VersionId"] = "s3:GetObjectVersion",
        ["Amazon.S3.Model.GetObjectMetadataRequest::set_VersionId"] = "s3:GetObjectVersion",
        ["Amazon.S3.Model.DeleteObjectRequest::set_VersionId"] = "s3:DeleteObjectVersion",
        ["DigitalTwin.Aws.GuardrailConfig::.ctor"] = "bedrock:ApplyGuardrail",
    };

    /// <summary>IAM's actions for everything that the functions' code calls.</summary>
    public static IReadOnlySet<string> Actions()
    {
        using var assembly = AssemblyDefinition.ReadAssembly(typeof(Program).Assembly.Location);
        var types = assembly.MainModule.Types.ToArray();
        var setup = OnlyForSetup(types);
        return types.Where(type => !setup.Contains(type.FullName)).SelectMany(OfType).ToHashSet();
    }

    private static IEnumerable<string> OfType(TypeDefinition type)
    {
        var calls = Methods(type).SelectMany(Calls).ToArray();
        var services = calls.Where(call => call.Target.DeclaringType.FullName == ServiceType && call.Target.Name.StartsWith("get_", StringComparison.Ordinal))
            .Select(call => SigningName(call.Target.Name[4..])).OfType<string>().Distinct().ToArray();
        foreach (var (method, instruction, target) in calls)
        {
            if (Parts.TryGetValue($"{target.DeclaringType.FullName}::{target.Name}", out var part))
            {
                yield return part;
            }
            else if (SdkOperation(target) is { } operation)
            {
                if (OtherNames.GetValueOrDefault(operation, operation) is { } action)
                {
                    yield return action;
                }
            }
            else if (target.ReturnType.FullName == OperationType && type.FullName != ServiceType && NameBefore(instruction) is { } name)
            {
                var service = services.Length == 1
                    ? services[0]
                    : throw new InvalidOperationException($"{method.FullName}: a type is to speak with one service; this one names {services.Length}.");
                yield return OtherNames.GetValueOrDefault($"{service}:{name}", $"{service}:{name}")!;
            }
        }
    }

    /// <summary>A call of <c>IAmazonDynamoDB.GetItemAsync</c> is the operation <c>dynamodb:GetItem</c>.</summary>
    private static string? SdkOperation(MethodReference target)
    {
        var client = SdkClient().Match(target.DeclaringType.FullName);
        return client.Success && target.Name.EndsWith("Async", StringComparison.Ordinal)
            ? $"{(client.Groups[1].Value == "DynamoDBv2" ? "dynamodb" : client.Groups[1].Value.ToLowerInvariant())}:{target.Name[..^"Async".Length]}"
            : null;
    }

    /// <summary>The operation's name is the first text that goes into the call: nothing else there begins with a capital letter.</summary>
    private static string? NameBefore(Instruction call)
    {
        for (var before = call.Previous; before is not null && !(before.Operand is MethodReference made && made.ReturnType.FullName == OperationType); before = before.Previous)
        {
            if (before.Operand is string text && OperationName().IsMatch(text))
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>The service's name for IAM, which is its name in signatures; null when the property is no service.</summary>
    private static string? SigningName(string property)
    {
        var type = typeof(Program).Assembly.GetType(ServiceType)!;
        var service = type.GetProperty(property, BindingFlags.Static | BindingFlags.Public)?.GetValue(null);
        return service?.GetType() == type ? (string?)type.GetProperty("SigningName")!.GetValue(service) : null;
    }

    /// <summary>The setup, and the types that nothing else in the application uses.</summary>
    private static HashSet<string> OnlyForSetup(TypeDefinition[] types)
    {
        var users = types.SelectMany(type => Methods(type).SelectMany(Calls).SelectMany(call => Used(call.Target)).Select(used => (User: type.FullName, Used: used)))
            .Where(use => use.User != use.Used)
            .ToLookup(use => use.Used, use => use.User);
        return types.Select(type => type.FullName)
            .Where(type => type != nameof(Program) && users[type].All(user => user == Setup))
            .Append(Setup)
            .ToHashSet();
    }

    /// <summary>Whose method it is, and what it is called for: services are registered by their types.</summary>
    private static IEnumerable<string> Used(MethodReference target) =>
        (target is GenericInstanceMethod { GenericArguments: var types } ? types : []).Append(target.DeclaringType).Select(Outermost);

    private static string Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type.FullName;

    private static IEnumerable<MethodDefinition> Methods(TypeDefinition type) => type.Methods.Concat(type.NestedTypes.SelectMany(Methods));

    private static IEnumerable<(MethodDefinition Method, Instruction Instruction, MethodReference Target)> Calls(MethodDefinition method) =>
        method.HasBody
            ? method.Body.Instructions.Where(instruction => instruction.Operand is MethodReference)
                .Select(instruction => (method, instruction, (MethodReference)instruction.Operand))
            : [];

    [GeneratedRegex(@"^Amazon\.([A-Za-z0-9]+)\.(?:IAmazon|Amazon)[A-Za-z0-9]+$")]
    private static partial Regex SdkClient();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]+$")]
    private static partial Regex OperationName();
}
