using System.Runtime.InteropServices;
using Inference.Native.Loading;

namespace Inference.Native.OnnxRuntime;

/// <summary>The one place where the outcome of a call is judged.</summary>
internal static unsafe class OrtStatus
{
    /// <summary>OrtErrorCode ORT_FAIL: among others a graph with an operator that the library does not know.</summary>
    public const int Fail = 1;

    /// <summary>OrtErrorCode ORT_INVALID_ARGUMENT.</summary>
    public const int InvalidArgument = 2;

    /// <summary>OrtErrorCode ORT_NO_MODEL.</summary>
    public const int NoModel = 4;

    /// <summary>OrtErrorCode ORT_INVALID_PROTOBUF.</summary>
    public const int InvalidProtobuf = 7;

    /// <summary>OrtErrorCode ORT_NOT_IMPLEMENTED.</summary>
    public const int NotImplemented = 9;

    /// <summary>OrtErrorCode ORT_INVALID_GRAPH.</summary>
    public const int InvalidGraph = 10;

    /// <summary>Throws for a failure and releases it.</summary>
    /// <exception cref="NativeCallFailure">The call failed.</exception>
    public static void Check(OrtApi.Status* status, string function)
    {
        if (status is not null)
        {
            throw Failure(status, function);
        }
    }

    private static NativeCallFailure Failure(OrtApi.Status* status, string function)
    {
        int code = OrtApi.GetErrorCode(status);
        string message = Marshal.PtrToStringUTF8((nint)OrtApi.GetErrorMessage(status)) ?? "";
        OrtApi.ReleaseStatus(status);
        return new NativeCallFailure(NativeKind.OnnxRuntime, function, message, code);
    }
}
