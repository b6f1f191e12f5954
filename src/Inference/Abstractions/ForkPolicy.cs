namespace Inference;

/// <summary>What a native prediction does in a forked child whose parent has used native code.</summary>
public enum ForkPolicy
{
    /// <summary>Throws <see cref="ForkedProcessException"/>, at once.</summary>
    Refuse,

    /// <summary>Answers from the managed engine, which has no threads of its own to lose.</summary>
    AnswerManaged,
}
