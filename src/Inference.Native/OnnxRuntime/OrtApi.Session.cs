namespace Inference.Native.OnnxRuntime;

/// <content>The functions of environments, options, sessions and runs.</content>
internal static unsafe partial class OrtApi
{
    /// <summary>Slot 2. The text lives as long as the status.</summary>
    public static byte* GetErrorMessage(Status* status) =>
        ((delegate* unmanaged<Status*, byte*>)Table[2])(status);

    /// <summary>Slot 1. OrtErrorCode.</summary>
    public static int GetErrorCode(Status* status) =>
        ((delegate* unmanaged<Status*, int>)Table[1])(status);

    /// <summary>Slot 93.</summary>
    public static void ReleaseStatus(Status* status) =>
        ((delegate* unmanaged<Status*, void>)Table[93])(status);

    /// <summary>Slot 3. A second call of a process gives the first one's environment, counted.</summary>
    public static Status* CreateEnv(int severity, byte* id, Env** env) =>
        ((delegate* unmanaged<int, byte*, Env**, Status*>)Table[3])(severity, id, env);

    /// <summary>Slot 92.</summary>
    public static void ReleaseEnv(Env* env) =>
        ((delegate* unmanaged<Env*, void>)Table[92])(env);

    /// <summary>Slot 125. The list is given back to ReleaseAvailableProviders.</summary>
    public static Status* GetAvailableProviders(byte*** names, int* count) =>
        ((delegate* unmanaged<byte***, int*, Status*>)Table[125])(names, count);

    /// <summary>Slot 126.</summary>
    public static Status* ReleaseAvailableProviders(byte** names, int count) =>
        ((delegate* unmanaged<byte**, int, Status*>)Table[126])(names, count);

    /// <summary>Slot 10.</summary>
    public static Status* CreateSessionOptions(SessionOptions** options) =>
        ((delegate* unmanaged<SessionOptions**, Status*>)Table[10])(options);

    /// <summary>Slot 100.</summary>
    public static void ReleaseSessionOptions(SessionOptions* options) =>
        ((delegate* unmanaged<SessionOptions*, void>)Table[100])(options);

    /// <summary>Slot 13. 0 one node after the other, 1 nodes at once.</summary>
    public static Status* SetSessionExecutionMode(SessionOptions* options, int mode) =>
        ((delegate* unmanaged<SessionOptions*, int, Status*>)Table[13])(options, mode);

    /// <summary>Slot 18.</summary>
    public static Status* EnableCpuMemArena(SessionOptions* options) =>
        ((delegate* unmanaged<SessionOptions*, Status*>)Table[18])(options);

    /// <summary>Slot 19.</summary>
    public static Status* DisableCpuMemArena(SessionOptions* options) =>
        ((delegate* unmanaged<SessionOptions*, Status*>)Table[19])(options);

    /// <summary>Slot 23.</summary>
    public static Status* SetSessionGraphOptimizationLevel(SessionOptions* options, int level) =>
        ((delegate* unmanaged<SessionOptions*, int, Status*>)Table[23])(options, level);

    /// <summary>Slot 24. 1 makes no thread pool.</summary>
    public static Status* SetIntraOpNumThreads(SessionOptions* options, int threads) =>
        ((delegate* unmanaged<SessionOptions*, int, Status*>)Table[24])(options, threads);

    /// <summary>Slot 25.</summary>
    public static Status* SetInterOpNumThreads(SessionOptions* options, int threads) =>
        ((delegate* unmanaged<SessionOptions*, int, Status*>)Table[25])(options, threads);

    /// <summary>Slot 130.</summary>
    public static Status* AddSessionConfigEntry(SessionOptions* options, byte* key, byte* value) =>
        ((delegate* unmanaged<SessionOptions*, byte*, byte*, Status*>)Table[130])(options, key, value);

    /// <summary>Slot 216.</summary>
    public static Status* SessionOptionsAppendExecutionProvider(SessionOptions* options, byte* name, byte** keys, byte** values, nuint count) =>
        ((delegate* unmanaged<SessionOptions*, byte*, byte**, byte**, nuint, Status*>)Table[216])(options, name, keys, values, count);

    /// <summary>Slot 204.</summary>
    public static Status* SessionOptionsAppendExecutionProvider_CUDA_V2(SessionOptions* options, void* cuda) =>
        ((delegate* unmanaged<SessionOptions*, void*, Status*>)Table[204])(options, cuda);

    /// <summary>Slot 205.</summary>
    public static Status* CreateCUDAProviderOptions(void** cuda) =>
        ((delegate* unmanaged<void**, Status*>)Table[205])(cuda);

    /// <summary>Slot 208.</summary>
    public static void ReleaseCUDAProviderOptions(void* cuda) =>
        ((delegate* unmanaged<void*, void>)Table[208])(cuda);

    /// <summary>Slot 170.</summary>
    public static Status* SessionOptionsAppendExecutionProvider_TensorRT_V2(SessionOptions* options, void* tensorRt) =>
        ((delegate* unmanaged<SessionOptions*, void*, Status*>)Table[170])(options, tensorRt);

    /// <summary>Slot 171.</summary>
    public static Status* CreateTensorRTProviderOptions(void** tensorRt) =>
        ((delegate* unmanaged<void**, Status*>)Table[171])(tensorRt);

    /// <summary>Slot 174.</summary>
    public static void ReleaseTensorRTProviderOptions(void* tensorRt) =>
        ((delegate* unmanaged<void*, void>)Table[174])(tensorRt);

    /// <summary>Slot 7. The path is UTF-16 on Windows, UTF-8 elsewhere.</summary>
    public static Status* CreateSession(Env* env, void* path, SessionOptions* options, Session** session) =>
        ((delegate* unmanaged<Env*, void*, SessionOptions*, Session**, Status*>)Table[7])(env, path, options, session);

    /// <summary>Slot 8. The model is copied.</summary>
    public static Status* CreateSessionFromArray(Env* env, void* model, nuint length, SessionOptions* options, Session** session) =>
        ((delegate* unmanaged<Env*, void*, nuint, SessionOptions*, Session**, Status*>)Table[8])(env, model, length, options, session);

    /// <summary>Slot 95.</summary>
    public static void ReleaseSession(Session* session) =>
        ((delegate* unmanaged<Session*, void>)Table[95])(session);

    /// <summary>Slot 39.</summary>
    public static Status* CreateRunOptions(RunOptions** options) =>
        ((delegate* unmanaged<RunOptions**, Status*>)Table[39])(options);

    /// <summary>Slot 97.</summary>
    public static void ReleaseRunOptions(RunOptions* options) =>
        ((delegate* unmanaged<RunOptions*, void>)Table[97])(options);

    /// <summary>Slot 46. From any thread.</summary>
    public static Status* RunOptionsSetTerminate(RunOptions* options) =>
        ((delegate* unmanaged<RunOptions*, Status*>)Table[46])(options);

    /// <summary>Slot 47.</summary>
    public static Status* RunOptionsUnsetTerminate(RunOptions* options) =>
        ((delegate* unmanaged<RunOptions*, Status*>)Table[47])(options);

    /// <summary>Slot 134.</summary>
    public static Status* CreateIoBinding(Session* session, IoBinding** binding) =>
        ((delegate* unmanaged<Session*, IoBinding**, Status*>)Table[134])(session, binding);

    /// <summary>Slot 135.</summary>
    public static void ReleaseIoBinding(IoBinding* binding) =>
        ((delegate* unmanaged<IoBinding*, void>)Table[135])(binding);

    /// <summary>Slot 136. The binding holds a reference of its own to the value.</summary>
    public static Status* BindInput(IoBinding* binding, byte* name, Value* value) =>
        ((delegate* unmanaged<IoBinding*, byte*, Value*, Status*>)Table[136])(binding, name, value);

    /// <summary>Slot 137. The binding holds a reference of its own to the value.</summary>
    public static Status* BindOutput(IoBinding* binding, byte* name, Value* value) =>
        ((delegate* unmanaged<IoBinding*, byte*, Value*, Status*>)Table[137])(binding, name, value);

    /// <summary>Slot 138. The run allocates the output.</summary>
    public static Status* BindOutputToDevice(IoBinding* binding, byte* name, MemoryInfo* memory) =>
        ((delegate* unmanaged<IoBinding*, byte*, MemoryInfo*, Status*>)Table[138])(binding, name, memory);

    /// <summary>Slot 140. Each value and the list are the caller's to release.</summary>
    public static Status* GetBoundOutputValues(IoBinding* binding, Allocator* allocator, Value*** values, nuint* count) =>
        ((delegate* unmanaged<IoBinding*, Allocator*, Value***, nuint*, Status*>)Table[140])(binding, allocator, values, count);

    /// <summary>Slot 133. Null options are the defaults.</summary>
    public static Status* RunWithBinding(Session* session, RunOptions* options, IoBinding* binding) =>
        ((delegate* unmanaged<Session*, RunOptions*, IoBinding*, Status*>)Table[133])(session, options, binding);
}
