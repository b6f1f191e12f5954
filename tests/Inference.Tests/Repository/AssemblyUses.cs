using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Inference.Tests.RepositoryRules;

/// <summary>
/// Which types each type of a compiled assembly uses: bases, interfaces, fields, signatures, locals, custom attributes
/// and every instruction. Nested and compiler-made types count as the type that encloses them.
/// </summary>
internal sealed class AssemblyUses : IDisposable
{
    private readonly PEReader _image;
    private readonly MetadataReader _metadata;
    private readonly NameProvider _names = new();
    private readonly Dictionary<string, HashSet<string>> _uses = new(StringComparer.Ordinal);

    private AssemblyUses(string path)
    {
        _image = new PEReader(File.OpenRead(path));
        _metadata = _image.GetMetadataReader();
        foreach (TypeDefinitionHandle type in _metadata.TypeDefinitions)
        {
            Read(type);
        }
    }

    /// <summary>The full names of types used, by the full name of the type that uses them; itself left out.</summary>
    public static IReadOnlyDictionary<string, HashSet<string>> Of(Assembly assembly)
    {
        using AssemblyUses uses = new(assembly.Location);
        return uses._uses;
    }

    public void Dispose() => _image.Dispose();

    private void Read(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        string user = NameProvider.Outermost(_metadata, handle);
        if (user == "<Module>" || user.StartsWith('<'))
        {
            return;
        }

        if (!_uses.TryGetValue(user, out HashSet<string>? used))
        {
            _uses.Add(user, used = new HashSet<string>(StringComparer.Ordinal));
        }

        Add(used, type.BaseType);
        foreach (InterfaceImplementationHandle face in type.GetInterfaceImplementations())
        {
            Add(used, _metadata.GetInterfaceImplementation(face).Interface);
        }

        Add(used, type.GetGenericParameters());
        Add(used, type.GetCustomAttributes());
        foreach (FieldDefinitionHandle field in type.GetFields())
        {
            used.UnionWith(_metadata.GetFieldDefinition(field).DecodeSignature(_names, null));
            Add(used, _metadata.GetFieldDefinition(field).GetCustomAttributes());
        }

        foreach (PropertyDefinitionHandle property in type.GetProperties())
        {
            Add(used, _metadata.GetPropertyDefinition(property).GetCustomAttributes());
        }

        foreach (MethodDefinitionHandle method in type.GetMethods())
        {
            Read(used, _metadata.GetMethodDefinition(method));
        }

        used.Remove(user);
    }

    private void Read(HashSet<string> used, MethodDefinition method)
    {
        Add(used, method.DecodeSignature(_names, null));
        Add(used, method.GetGenericParameters());
        Add(used, method.GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        MethodBodyBlock body = _image.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            foreach (ImmutableHashSet<string> local in _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_names, null))
            {
                used.UnionWith(local);
            }
        }

        foreach (ExceptionRegion region in body.ExceptionRegions.Where(region => region.Kind == ExceptionRegionKind.Catch))
        {
            Add(used, region.CatchType);
        }

        foreach (EntityHandle token in Instructions.Tokens(body.GetILReader()))
        {
            Add(used, token);
        }
    }

    private void Add(HashSet<string> used, EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return;
        }

        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                used.Add(NameProvider.Outermost(_metadata, (TypeDefinitionHandle)handle));
                break;
            case HandleKind.TypeReference:
                used.Add(NameProvider.Outermost(_metadata, (TypeReferenceHandle)handle));
                break;
            case HandleKind.TypeSpecification:
                used.UnionWith(_metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_names, null));
                break;
            case HandleKind.MethodDefinition:
                Add(used, _metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                Add(used, _metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                MemberReference member = _metadata.GetMemberReference((MemberReferenceHandle)handle);
                Add(used, member.Parent);
                if (member.GetKind() == MemberReferenceKind.Method)
                {
                    Add(used, member.DecodeMethodSignature(_names, null));
                }
                else
                {
                    used.UnionWith(member.DecodeFieldSignature(_names, null));
                }

                break;
            case HandleKind.MethodSpecification:
                MethodSpecification method = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(used, method.Method);
                foreach (ImmutableHashSet<string> argument in method.DecodeSignature(_names, null))
                {
                    used.UnionWith(argument);
                }

                break;
        }
    }

    private void Add(HashSet<string> used, GenericParameterHandleCollection parameters)
    {
        foreach (GenericParameterHandle parameter in parameters)
        {
            foreach (GenericParameterConstraintHandle constraint in _metadata.GetGenericParameter(parameter).GetConstraints())
            {
                Add(used, _metadata.GetGenericParameterConstraint(constraint).Type);
            }
        }
    }

    private void Add(HashSet<string> used, CustomAttributeHandleCollection attributes)
    {
        foreach (CustomAttributeHandle attribute in attributes)
        {
            Add(used, _metadata.GetCustomAttribute(attribute).Constructor);
        }
    }

    private static void Add(HashSet<string> used, MethodSignature<ImmutableHashSet<string>> signature)
    {
        used.UnionWith(signature.ReturnType);
        foreach (ImmutableHashSet<string> parameter in signature.ParameterTypes)
        {
            used.UnionWith(parameter);
        }
    }

    /// <summary>The metadata tokens in a method's instructions.</summary>
    private static class Instructions
    {
        private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (OpCode)field.GetValue(null)!)
            .ToDictionary(code => (int)(ushort)code.Value, code => code.OperandType);

        public static List<EntityHandle> Tokens(BlobReader code)
        {
            List<EntityHandle> tokens = [];
            while (code.RemainingBytes > 0)
            {
                int instruction = code.ReadByte();
                if (instruction == 0xFE)
                {
                    instruction = (instruction << 8) | code.ReadByte();
                }

                switch (Operands[instruction])
                {
                    case OperandType.InlineNone:
                        break;
                    case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                        code.Offset += 1;
                        break;
                    case OperandType.InlineVar:
                        code.Offset += 2;
                        break;
                    case OperandType.InlineI8 or OperandType.InlineR:
                        code.Offset += 8;
                        break;
                    case OperandType.InlineSwitch:
                        int targets = code.ReadInt32();
                        code.Offset += 4 * targets;
                        break;
                    case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                        tokens.Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                        break;
                    default:
                        code.Offset += 4;
                        break;
                }
            }

            return tokens;
        }
    }

    /// <summary>Turns a signature into the names of the types in it.</summary>
    private sealed class NameProvider : ISignatureTypeProvider<ImmutableHashSet<string>, object?>
    {
        private static readonly ImmutableHashSet<string> Nothing = [];

        public static string Outermost(MetadataReader reader, TypeDefinitionHandle handle)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            while (!type.GetDeclaringType().IsNil)
            {
                type = reader.GetTypeDefinition(type.GetDeclaringType());
            }

            return FullName(reader.GetString(type.Namespace), reader.GetString(type.Name));
        }

        public static string Outermost(MetadataReader reader, TypeReferenceHandle handle)
        {
            TypeReference type = reader.GetTypeReference(handle);
            while (type.ResolutionScope.Kind == HandleKind.TypeReference)
            {
                type = reader.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
            }

            return FullName(reader.GetString(type.Namespace), reader.GetString(type.Name));
        }

        public ImmutableHashSet<string> GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => [Outermost(reader, handle)];

        public ImmutableHashSet<string> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => [Outermost(reader, handle)];

        public ImmutableHashSet<string> GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public ImmutableHashSet<string> GetGenericInstantiation(ImmutableHashSet<string> genericType, ImmutableArray<ImmutableHashSet<string>> typeArguments) =>
            typeArguments.Aggregate(genericType, (all, argument) => all.Union(argument));

        public ImmutableHashSet<string> GetFunctionPointerType(MethodSignature<ImmutableHashSet<string>> signature) =>
            signature.ParameterTypes.Aggregate(signature.ReturnType, (all, parameter) => all.Union(parameter));

        public ImmutableHashSet<string> GetModifiedType(ImmutableHashSet<string> modifier, ImmutableHashSet<string> unmodifiedType, bool isRequired) => unmodifiedType;

        public ImmutableHashSet<string> GetArrayType(ImmutableHashSet<string> elementType, ArrayShape shape) => elementType;

        public ImmutableHashSet<string> GetByReferenceType(ImmutableHashSet<string> elementType) => elementType;

        public ImmutableHashSet<string> GetPinnedType(ImmutableHashSet<string> elementType) => elementType;

        public ImmutableHashSet<string> GetPointerType(ImmutableHashSet<string> elementType) => elementType;

        public ImmutableHashSet<string> GetSZArrayType(ImmutableHashSet<string> elementType) => elementType;

        public ImmutableHashSet<string> GetGenericMethodParameter(object? genericContext, int index) => Nothing;

        public ImmutableHashSet<string> GetGenericTypeParameter(object? genericContext, int index) => Nothing;

        public ImmutableHashSet<string> GetPrimitiveType(PrimitiveTypeCode typeCode) => Nothing;

        private static string FullName(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";
    }
}
