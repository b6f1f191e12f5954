using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Inference.Tests.RepositoryRules;

/// <summary>Writes an assembly's public face as text: one line for each member, sorted, in C#'s words.</summary>
/// <remarks>Members that the compiler adds (a record's equality, accessors) are left out: the type's first line implies them.</remarks>
internal sealed class PublicApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(char)] = "char",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    private static readonly Dictionary<string, string> Operators = new()
    {
        ["op_Implicit"] = "implicit operator",
        ["op_Explicit"] = "explicit operator",
        ["op_Equality"] = "operator ==",
        ["op_Inequality"] = "operator !=",
        ["op_LessThan"] = "operator <",
        ["op_GreaterThan"] = "operator >",
        ["op_LessThanOrEqual"] = "operator <=",
        ["op_GreaterThanOrEqual"] = "operator >=",
        ["op_Addition"] = "operator +",
        ["op_Subtraction"] = "operator -",
    };

    private readonly NullabilityInfoContext _nullability = new();

    /// <summary>The public face of an assembly; lines end with a line feed.</summary>
    public static string Render(Assembly assembly)
    {
        PublicApiText text = new();
        StringBuilder lines = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            lines.Append(Header(type)).Append('\n');
            foreach (string member in text.Members(type).Order(StringComparer.Ordinal))
            {
                lines.Append("    ").Append(member).Append('\n');
            }

            lines.Append('\n');
        }

        return lines.ToString();
    }

    private static string Header(Type type)
    {
        StringBuilder header = new("public ");
        if (type.IsEnum)
        {
            header.Append("enum ");
        }
        else if (typeof(Delegate).IsAssignableFrom(type))
        {
            header.Append("delegate ");
        }
        else if (type.IsInterface)
        {
            header.Append("interface ");
        }
        else if (type.IsValueType)
        {
            header.Append(type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly " : "");
            header.Append(type.IsByRefLike ? "ref struct " : "struct ");
        }
        else
        {
            header.Append(type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "");
            header.Append(IsRecord(type) ? "record " : "class ");
        }

        header.Append(type.Namespace).Append('.').Append(Name(type));
        List<string> bases = [];
        if (type.IsEnum)
        {
            bases.Add(Name(type.GetEnumUnderlyingType()));
        }
        else
        {
            if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType))
            {
                bases.Add(Name(parent));
            }

            IEnumerable<Type> inherited = type.BaseType?.GetInterfaces() ?? [];
            bases.AddRange(type.GetInterfaces().Where(face => face.IsVisible).Except(inherited).Select(Name).Order(StringComparer.Ordinal));
        }

        return bases.Count == 0 ? header.ToString() : $"{header} : {string.Join(", ", bases)}";
    }

    private IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)}");
        }

        return type.GetMembers(Declared).Where(member => !member.IsDefined(typeof(CompilerGeneratedAttribute), false)).Select(Member).OfType<string>();
    }

    private string? Member(MemberInfo member) => member switch
    {
        ConstructorInfo constructor when IsSeen(constructor) =>
            $"{Access(constructor)}{PlainName(constructor.DeclaringType!)}({Parameters(constructor)})",
        PropertyInfo property => Property(property),
        EventInfo { AddMethod: { } add } happening when IsSeen(add) => $"{Access(add)}event {Name(happening.EventHandlerType!)} {happening.Name}",
        FieldInfo { IsPublic: true } field => Field(field),
        MethodInfo method when IsSeen(method) && !IsAccessor(method) => Method(method),
        _ => null,
    };

    private string Field(FieldInfo field) =>
        $"public {(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Typed(field.FieldType, _nullability.Create(field))} {field.Name}";

    private string? Property(PropertyInfo property)
    {
        MethodInfo? getter = property.GetMethod is { } get && IsSeen(get) ? get : null;
        MethodInfo? setter = property.SetMethod is { } set && IsSeen(set) ? set : null;
        if ((getter ?? setter) is not { } accessor)
        {
            return null;
        }

        bool init = setter?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        string required = property.IsDefined(typeof(RequiredMemberAttribute), false) ? "required " : "";
        string name = property.GetIndexParameters().Length == 0 ? property.Name : $"this[{Parameters(property.GetIndexParameters())}]";
        string accessors = (getter is null ? "" : "get; ") + (setter is null ? "" : init ? "init; " : "set; ");
        return $"{Access(accessor)}{required}{Typed(property.PropertyType, _nullability.Create(property))} {name} {{ {accessors}}}";
    }

    private string Method(MethodInfo method)
    {
        string result = Typed(method.ReturnType, _nullability.Create(method.ReturnParameter));
        if (Operators.TryGetValue(method.Name, out string? symbol))
        {
            return symbol.EndsWith("operator", StringComparison.Ordinal)
                ? $"public static {symbol} {result}({Parameters(method)})"
                : $"public static {result} {symbol}({Parameters(method)})";
        }

        string generics = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{Access(method)}{result} {method.Name}{generics}({Parameters(method)}){Constraints(method)}";
    }

    private static string Constraints(MethodInfo method)
    {
        if (!method.IsGenericMethodDefinition)
        {
            return "";
        }

        StringBuilder text = new();
        foreach (Type argument in method.GetGenericArguments())
        {
            List<string> constraints = [];
            GenericParameterAttributes attributes = argument.GenericParameterAttributes;
            if (attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
            {
                constraints.Add(argument.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "IsUnmanagedAttribute") ? "unmanaged" : "struct");
            }
            else if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            {
                constraints.Add("class");
            }

            constraints.AddRange(argument.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(Name));
            text.Append(constraints.Count == 0 ? "" : $" where {argument.Name} : {string.Join(", ", constraints)}");
        }

        return text.ToString();
    }

    private string Parameters(MethodBase method) => Parameters(method.GetParameters());

    private string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(parameter =>
    {
        Type type = parameter.ParameterType;
        string direction = "";
        if (type.IsByRef)
        {
            type = type.GetElementType()!;
            direction = parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        }

        return $"{direction}{Typed(type, _nullability.Create(parameter))} {parameter.Name}{Default(parameter, type)}";
    }));

    private static string Default(ParameterInfo parameter, Type type)
    {
        if (!parameter.HasDefaultValue)
        {
            return "";
        }

        return parameter.RawDefaultValue switch
        {
            null => type.IsValueType ? " = default" : " = null",
            object value when type.IsEnum => $" = {Enum.ToObject(type, value)}",
            string value => $" = \"{value}\"",
            bool value => value ? " = true" : " = false",
            object value => $" = {Convert.ToString(value, CultureInfo.InvariantCulture)}",
        };
    }

    private static string Typed(Type type, NullabilityInfo nullability)
    {
        if (type.IsByRef)
        {
            type = type.GetElementType()!;
        }

        string name = type.IsGenericType && Nullable.GetUnderlyingType(type) is null && nullability.GenericTypeArguments.Length > 0
            ? $"{PlainName(type)}<{string.Join(", ", type.GetGenericArguments().Zip(nullability.GenericTypeArguments, Typed))}>"
            : type.IsArray && nullability.ElementType is { } element ? $"{Typed(type.GetElementType()!, element)}[]" : Name(type);
        return !type.IsValueType && nullability is not { ReadState: NullabilityState.NotNull, WriteState: NullabilityState.NotNull }
            && (nullability.ReadState == NullabilityState.Nullable || nullability.WriteState == NullabilityState.Nullable)
            ? name + "?"
            : name;
    }

    private static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }

        string nesting = type is { IsNested: true, IsGenericParameter: false } ? Name(type.DeclaringType!) + "." : "";
        return type.IsGenericType ? $"{nesting}{PlainName(type)}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : nesting + type.Name;
    }

    private static string PlainName(Type type) => type.Name.Split('`')[0];

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance) is not null;

    private static bool IsSeen(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Access(MethodBase method)
    {
        string access = method.IsPublic ? "public " : "protected ";
        if (method.DeclaringType!.IsInterface || method is ConstructorInfo)
        {
            return method.IsStatic ? access + "static " : access;
        }

        string kind = method.IsStatic ? "static " : "";
        if (method is { IsVirtual: true, IsFinal: false })
        {
            bool isNew = ((MethodInfo)method).GetBaseDefinition() == method;
            kind = method.IsAbstract ? "abstract " : isNew ? "virtual " : "override ";
        }

        return access + kind;
    }
}
