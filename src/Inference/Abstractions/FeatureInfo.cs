namespace Inference;

/// <summary>One feature of a model.</summary>
/// <param name="Index">The column, from 0.</param>
/// <param name="Name">The name in the file; <see langword="null"/> where it has none.</param>
/// <param name="Type">The type or range as the file spells it ("q", "c", "[-1.5:2.25]"); <see langword="null"/> where it has none.</param>
/// <param name="Vocabulary">The categories in the file; <see langword="null"/> where it has none.</param>
/// <param name="Splits">How many splits test the feature.</param>
/// <param name="Thresholds">How many distinct thresholds those splits compare with; tests for membership in a set have none.</param>
/// <param name="Gain">The total gain of those splits; 0 where the format stores none.</param>
/// <param name="Cover">The total cover of those splits; 0 where the format stores none.</param>
public sealed record FeatureInfo(int Index, string? Name, string? Type, CategoryVocabulary? Vocabulary, int Splits, int Thresholds, double Gain, double Cover);
