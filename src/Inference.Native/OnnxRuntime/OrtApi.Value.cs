namespace Inference.Native.OnnxRuntime;

/// <content>The functions of values, their types and shapes, and of memory.</content>
internal static unsafe partial class OrtApi
{
    /// <summary>Slot 48.</summary>
    public static Status* CreateTensorAsOrtValue(Allocator* allocator, long* shape, nuint rank, int type, Value** value) =>
        ((delegate* unmanaged<Allocator*, long*, nuint, int, Value**, Status*>)Table[48])(allocator, shape, rank, type, value);

    /// <summary>Slot 49. The data stay the caller's and must outlive the value.</summary>
    public static Status* CreateTensorWithDataAsOrtValue(MemoryInfo* memory, void* data, nuint length, long* shape, nuint rank, int type, Value** value) =>
        ((delegate* unmanaged<MemoryInfo*, void*, nuint, long*, nuint, int, Value**, Status*>)Table[49])(memory, data, length, shape, rank, type, value);

    /// <summary>Slot 51.</summary>
    public static Status* GetTensorMutableData(Value* value, void** data) =>
        ((delegate* unmanaged<Value*, void**, Status*>)Table[51])(value, data);

    /// <summary>Slot 53.</summary>
    public static Status* GetStringTensorDataLength(Value* value, nuint* length) =>
        ((delegate* unmanaged<Value*, nuint*, Status*>)Table[53])(value, length);

    /// <summary>Slot 54.</summary>
    public static Status* GetStringTensorContent(Value* value, void* text, nuint length, nuint* offsets, nuint count) =>
        ((delegate* unmanaged<Value*, void*, nuint, nuint*, nuint, Status*>)Table[54])(value, text, length, offsets, count);

    /// <summary>Slot 252. Room for one text inside the tensor.</summary>
    public static Status* GetResizedStringTensorElementBuffer(Value* value, nuint index, nuint length, byte** buffer) =>
        ((delegate* unmanaged<Value*, nuint, nuint, byte**, Status*>)Table[252])(value, index, length, buffer);

    /// <summary>Slot 96.</summary>
    public static void ReleaseValue(Value* value) =>
        ((delegate* unmanaged<Value*, void>)Table[96])(value);

    /// <summary>Slot 67.</summary>
    public static Status* GetValueType(Value* value, int* kind) =>
        ((delegate* unmanaged<Value*, int*, Status*>)Table[67])(value, kind);

    /// <summary>Slot 80. The element of a sequence; of a map 0 gives the keys, 1 the values.</summary>
    public static Status* GetValue(Value* value, int index, Allocator* allocator, Value** element) =>
        ((delegate* unmanaged<Value*, int, Allocator*, Value**, Status*>)Table[80])(value, index, allocator, element);

    /// <summary>Slot 81.</summary>
    public static Status* GetValueCount(Value* value, nuint* count) =>
        ((delegate* unmanaged<Value*, nuint*, Status*>)Table[81])(value, count);

    /// <summary>Slot 65.</summary>
    public static Status* GetTensorTypeAndShape(Value* value, TensorInfo** info) =>
        ((delegate* unmanaged<Value*, TensorInfo**, Status*>)Table[65])(value, info);

    /// <summary>Slot 99.</summary>
    public static void ReleaseTensorTypeAndShapeInfo(TensorInfo* info) =>
        ((delegate* unmanaged<TensorInfo*, void>)Table[99])(info);

    /// <summary>Slot 60.</summary>
    public static Status* GetTensorElementType(TensorInfo* info, int* type) =>
        ((delegate* unmanaged<TensorInfo*, int*, Status*>)Table[60])(info, type);

    /// <summary>Slot 61.</summary>
    public static Status* GetDimensionsCount(TensorInfo* info, nuint* count) =>
        ((delegate* unmanaged<TensorInfo*, nuint*, Status*>)Table[61])(info, count);

    /// <summary>Slot 62.</summary>
    public static Status* GetDimensions(TensorInfo* info, long* dimensions, nuint count) =>
        ((delegate* unmanaged<TensorInfo*, long*, nuint, Status*>)Table[62])(info, dimensions, count);

    /// <summary>Slot 63. The names live as long as the info.</summary>
    public static Status* GetSymbolicDimensions(TensorInfo* info, byte** names, nuint count) =>
        ((delegate* unmanaged<TensorInfo*, byte**, nuint, Status*>)Table[63])(info, names, count);

    /// <summary>Slot 30.</summary>
    public static Status* SessionGetInputCount(Session* session, nuint* count) =>
        ((delegate* unmanaged<Session*, nuint*, Status*>)Table[30])(session, count);

    /// <summary>Slot 31.</summary>
    public static Status* SessionGetOutputCount(Session* session, nuint* count) =>
        ((delegate* unmanaged<Session*, nuint*, Status*>)Table[31])(session, count);

    /// <summary>Slot 33.</summary>
    public static Status* SessionGetInputTypeInfo(Session* session, nuint index, TypeInfo** info) =>
        ((delegate* unmanaged<Session*, nuint, TypeInfo**, Status*>)Table[33])(session, index, info);

    /// <summary>Slot 34.</summary>
    public static Status* SessionGetOutputTypeInfo(Session* session, nuint index, TypeInfo** info) =>
        ((delegate* unmanaged<Session*, nuint, TypeInfo**, Status*>)Table[34])(session, index, info);

    /// <summary>Slot 36. The name is the allocator's to free.</summary>
    public static Status* SessionGetInputName(Session* session, nuint index, Allocator* allocator, byte** name) =>
        ((delegate* unmanaged<Session*, nuint, Allocator*, byte**, Status*>)Table[36])(session, index, allocator, name);

    /// <summary>Slot 37. The name is the allocator's to free.</summary>
    public static Status* SessionGetOutputName(Session* session, nuint index, Allocator* allocator, byte** name) =>
        ((delegate* unmanaged<Session*, nuint, Allocator*, byte**, Status*>)Table[37])(session, index, allocator, name);

    /// <summary>Slot 98.</summary>
    public static void ReleaseTypeInfo(TypeInfo* info) =>
        ((delegate* unmanaged<TypeInfo*, void>)Table[98])(info);

    /// <summary>Slot 56.</summary>
    public static Status* GetOnnxTypeFromTypeInfo(TypeInfo* info, int* kind) =>
        ((delegate* unmanaged<TypeInfo*, int*, Status*>)Table[56])(info, kind);

    /// <summary>Slot 55. A part of the info, not to be released; null where it is no tensor.</summary>
    public static Status* CastTypeInfoToTensorInfo(TypeInfo* info, TensorInfo** tensor) =>
        ((delegate* unmanaged<TypeInfo*, TensorInfo**, Status*>)Table[55])(info, tensor);

    /// <summary>Slot 104. A part of the info, not to be released.</summary>
    public static Status* CastTypeInfoToSequenceTypeInfo(TypeInfo* info, SequenceTypeInfo** sequence) =>
        ((delegate* unmanaged<TypeInfo*, SequenceTypeInfo**, Status*>)Table[104])(info, sequence);

    /// <summary>Slot 107.</summary>
    public static Status* GetSequenceElementType(SequenceTypeInfo* sequence, TypeInfo** element) =>
        ((delegate* unmanaged<SequenceTypeInfo*, TypeInfo**, Status*>)Table[107])(sequence, element);

    /// <summary>Slot 103. A part of the info, not to be released.</summary>
    public static Status* CastTypeInfoToMapTypeInfo(TypeInfo* info, MapTypeInfo** map) =>
        ((delegate* unmanaged<TypeInfo*, MapTypeInfo**, Status*>)Table[103])(info, map);

    /// <summary>Slot 105.</summary>
    public static Status* GetMapKeyType(MapTypeInfo* map, int* type) =>
        ((delegate* unmanaged<MapTypeInfo*, int*, Status*>)Table[105])(map, type);

    /// <summary>Slot 106.</summary>
    public static Status* GetMapValueType(MapTypeInfo* map, TypeInfo** value) =>
        ((delegate* unmanaged<MapTypeInfo*, TypeInfo**, Status*>)Table[106])(map, value);

    /// <summary>Slot 69. Device allocator 0, arena 1; memory 0 is the default.</summary>
    public static Status* CreateCpuMemoryInfo(int allocator, int memory, MemoryInfo** info) =>
        ((delegate* unmanaged<int, int, MemoryInfo**, Status*>)Table[69])(allocator, memory, info);

    /// <summary>Slot 94.</summary>
    public static void ReleaseMemoryInfo(MemoryInfo* info) =>
        ((delegate* unmanaged<MemoryInfo*, void>)Table[94])(info);

    /// <summary>Slot 71. The name lives as long as the info.</summary>
    public static Status* MemoryInfoGetName(MemoryInfo* info, byte** name) =>
        ((delegate* unmanaged<MemoryInfo*, byte**, Status*>)Table[71])(info, name);

    /// <summary>Slot 78. Always the same one, never to be released.</summary>
    public static Status* GetAllocatorWithDefaultOptions(Allocator** allocator) =>
        ((delegate* unmanaged<Allocator**, Status*>)Table[78])(allocator);

    /// <summary>Slot 76.</summary>
    public static Status* AllocatorFree(Allocator* allocator, void* memory) =>
        ((delegate* unmanaged<Allocator*, void*, Status*>)Table[76])(allocator, memory);
}
