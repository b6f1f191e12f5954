using System;
using System.Linq;
using System.Runtime.InteropServices;
using Inference.Native.Loading;
using Inference.Native.OnnxRuntime;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.OnnxSessions;

/// <summary>The slots of ONNX Runtime's function table are the functions that they are taken for, told by what they do.</summary>
public sealed unsafe class OrtApiTests
{
    public OrtApiTests()
    {
        Natives.Require(NativeLibraryKind.OnnxRuntime);
        OrtEnvironment.Get(null);
    }

    [Fact]
    public void Memory_of_the_processor_is_called_so()
    {
        OrtApi.MemoryInfo* info;
        OrtStatus.Check(OrtApi.CreateCpuMemoryInfo(0, 0, &info), nameof(OrtApi.CreateCpuMemoryInfo));
        byte* name;
        OrtStatus.Check(OrtApi.MemoryInfoGetName(info, &name), nameof(OrtApi.MemoryInfoGetName));
        Assert.Equal("Cpu", Marshal.PtrToStringUTF8((nint)name));
        OrtApi.ReleaseMemoryInfo(info);
    }

    [Fact]
    public void The_processor_is_among_the_providers() => Assert.Contains("CPUExecutionProvider", OrtEnvironment.Providers());

    [Fact]
    public void A_failure_has_a_code_and_a_message()
    {
        OrtEnvironment environment = OrtEnvironment.Get(null);
        OrtSessionSettings settings = new() { IntraOpThreads = 1, InterOpThreads = 1, GraphOptimization = 0, MemoryArena = true, Providers = [], Entries = [] };
        NativeCallFailure broken = Assert.Throws<NativeCallFailure>(() => OrtSession.FromBytes(environment, [1, 2, 3], settings));
        Assert.Equal((NativeKind.OnnxRuntime, "CreateSessionFromArray", OrtStatus.InvalidProtobuf), (broken.Kind, broken.Function, broken.Code));
        Assert.Contains("protobuf", broken.Error, StringComparison.Ordinal);
        NativeCallFailure level = Assert.Throws<NativeCallFailure>(() => OrtSession.FromBytes(environment, [1], settings with { GraphOptimization = 1234 }));
        Assert.Equal(("SetSessionGraphOptimizationLevel", OrtStatus.InvalidArgument), (level.Function, level.Code));
        NativeCallFailure provider = Assert.Throws<NativeCallFailure>(() => OrtSession.FromBytes(environment, [1], settings with { Providers = ["NoneExecutionProvider"] }));
        Assert.Equal("SessionOptionsAppendExecutionProvider", provider.Function);
    }

    [Fact]
    public void A_tensor_has_the_shape_type_and_memory_that_it_was_made_of()
    {
        OrtEnvironment environment = OrtEnvironment.Get(null);
        float* numbers = stackalloc float[6];
        using OrtOwnedValue value = OrtOwnedValue.Over(environment, numbers, 6 * sizeof(float), [2, 3], 1);
        void* data;
        OrtStatus.Check(OrtApi.GetTensorMutableData(value.Pointer, &data), nameof(OrtApi.GetTensorMutableData));
        Assert.True(data == numbers);
        OrtApi.TensorInfo* info;
        OrtStatus.Check(OrtApi.GetTensorTypeAndShape(value.Pointer, &info), nameof(OrtApi.GetTensorTypeAndShape));
        int type, kind;
        nuint rank;
        long* shape = stackalloc long[2];
        OrtStatus.Check(OrtApi.GetTensorElementType(info, &type), nameof(OrtApi.GetTensorElementType));
        OrtStatus.Check(OrtApi.GetDimensionsCount(info, &rank), nameof(OrtApi.GetDimensionsCount));
        OrtStatus.Check(OrtApi.GetDimensions(info, shape, rank), nameof(OrtApi.GetDimensions));
        OrtStatus.Check(OrtApi.GetValueType(value.Pointer, &kind), nameof(OrtApi.GetValueType));
        OrtApi.ReleaseTensorTypeAndShapeInfo(info);
        Assert.Equal((1, 1, 2u, 2L, 3L), (kind, type, (uint)rank, shape[0], shape[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            using OrtOwnedValue tooDeep = OrtOwnedValue.Over(OrtEnvironment.Get(null), null, 0, Enumerable.Repeat(1, 65).ToArray(), 1);
        });
    }
}
