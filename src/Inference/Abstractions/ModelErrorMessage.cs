namespace Inference;

/// <summary>The one shape of every message about a model: where, what was found, what is allowed.</summary>
internal static class ModelErrorMessage
{
    internal static string Compose(string source, string location, string found, string allowed) =>
        location.Length == 0 ? $"{source}: {found}; {allowed}" : $"{source}, {location}: {found}; {allowed}";
}
