using Mono.Cecil;

namespace DigitalTwin.Tests.Architecture;

/// <param name="Source">The outermost type in which it happens: async state machines, iterators and lambdas are nested in it.</param>
/// <param name="Member">Where in it, for the message.</param>
/// <param name="Target">The type that is used.</param>
/// <param name="Method">The method that is called, if it is a call.</param>
internal sealed record TypeUse(TypeDefinition Source, string Member, TypeReference Target, string? Method);

/// <summary>Every use of a type that an assembly's metadata and method bodies hold. Constants are inlined and leave none.</summary>
internal static class AssemblyReader
{
    public static IReadOnlyList<TypeUse> Read(string path, Func<TypeDefinition, bool> outermost)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(path);
        return [.. assembly.MainModule.Types.Where(outermost).SelectMany(type => OfType(type, type))];
    }

    private static IEnumerable<TypeUse> OfType(TypeDefinition source, TypeDefinition type)
    {
        TypeUse Use(TypeReference target, string member, string? method = null) => new(source, member, target, method);
        IEnumerable<TypeUse> All(IEnumerable<TypeReference?> targets, string member) =>
            targets.OfType<TypeReference>().SelectMany(Parts).Select(target => Use(target, member));

        var uses = All([type.BaseType, .. type.Interfaces.Select(i => i.InterfaceType), .. Attributes(type), .. Constraints(type)], type.Name);
        uses = uses.Concat(type.Fields.SelectMany(field => All([field.FieldType, .. Attributes(field)], $"{type.Name}.{field.Name}")));
        uses = uses.Concat(type.Properties.SelectMany(property => All(Attributes(property), $"{type.Name}.{property.Name}")));
        foreach (var method in type.Methods)
        {
            var member = $"{type.Name}.{method.Name}";
            uses = uses.Concat(All(
                [method.ReturnType, .. method.Parameters.Select(p => p.ParameterType), .. Attributes(method), .. Constraints(method)], member));
            if (method.HasBody)
            {
                uses = uses.Concat(All(
                    [.. method.Body.Variables.Select(v => v.VariableType), .. method.Body.ExceptionHandlers.Select(h => h.CatchType)], member));
                uses = uses.Concat(method.Body.Instructions.SelectMany(instruction => OfOperand(instruction.Operand)
                    .SelectMany(found => Parts(found.Type).Select(target => Use(target, member, found.Method)))));
            }
        }

        return uses.Concat(type.NestedTypes.SelectMany(nested => OfType(source, nested)));
    }

    private static IEnumerable<(TypeReference Type, string? Method)> OfOperand(object? operand) => operand switch
    {
        MethodReference method =>
        [
            (method.DeclaringType, method.Name),
            (method.ReturnType, null),
            .. method.Parameters.Select(p => (p.ParameterType, (string?)null)),
            .. method is GenericInstanceMethod generic ? generic.GenericArguments.Select(a => (a, (string?)null)) : [],
        ],
        FieldReference field => [(field.DeclaringType, null), (field.FieldType, null)],
        TypeReference type => [(type, null)],
        _ => [],
    };

    private static IEnumerable<TypeReference> Attributes(ICustomAttributeProvider provider) =>
        provider.CustomAttributes.SelectMany(attribute => attribute.ConstructorArguments.Concat(attribute.Properties.Select(p => p.Argument))
            .Select(argument => argument.Value).OfType<TypeReference>().Prepend(attribute.AttributeType));

    private static IEnumerable<TypeReference> Constraints(IGenericParameterProvider provider) =>
        provider.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType);

    /// <summary>The named types in a type: of arrays and references the element, of generic types the definition and the arguments.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Concat(Parts(generic.ElementType)),
        IModifierType modified => Parts(modified.ElementType).Concat(Parts(modified.ModifierType)),
        TypeSpecification specification => Parts(specification.ElementType),
        { DeclaringType: { } outer } => Parts(outer),
        _ => [type],
    };
}
