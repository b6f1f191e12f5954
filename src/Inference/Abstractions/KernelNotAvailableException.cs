using System.Collections.Generic;

namespace Inference;

/// <summary>The environment variable INFERENCE_KERNEL asks for a kernel that does not exist or cannot run the model.</summary>
/// <remarks>The variable is for comparing kernels on a model; unset, the library chooses.</remarks>
public sealed class KernelNotAvailableException : InferenceException
{
    internal KernelNotAvailableException(string source, string variable, string kernel, string whyNot, IReadOnlyList<string> allowed)
        : base(ModelErrorMessage.Compose(source, "", $"{variable} asks for '{kernel}', {whyNot}", string.Join(", ", allowed) + ", or no variable"))
    {
        Kernel = kernel;
        Allowed = allowed;
    }

    /// <summary>The kernel that was asked for.</summary>
    public string Kernel { get; }

    /// <summary>The kernels that can run the model, the fastest first.</summary>
    public IReadOnlyList<string> Allowed { get; }
}
