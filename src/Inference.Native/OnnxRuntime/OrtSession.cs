using System;
using System.IO;
using System.Text;
using Inference.Native.Loading;

namespace Inference.Native.OnnxRuntime;

/// <summary>OrtSession: a graph, ready to run from any number of threads.</summary>
internal sealed unsafe class OrtSession : OrtHandle
{
    private OrtSession(OrtEnvironment environment) => Environment = environment;

    /// <summary>What the session lives in.</summary>
    public OrtEnvironment Environment { get; }

    /// <summary>The inputs.</summary>
    public OrtPort[] Inputs { get; private set; } = [];

    /// <summary>The outputs.</summary>
    public OrtPort[] Outputs { get; private set; } = [];

    /// <summary>Makes a session of a file; data that the model keeps in files beside it are found there.</summary>
    /// <exception cref="NativeCallFailure">The library refused the file or an option.</exception>
    public static OrtSession FromFile(OrtEnvironment environment, string path, OrtSessionSettings settings)
    {
        Encoding encoding = OperatingSystem.IsWindows() ? Encoding.Unicode : Encoding.UTF8;
        fixed (byte* text = encoding.GetBytes(path + "\0"))
        {
            byte* place = text;
            OrtSession made = Create(environment, settings, (options, session) => OrtApi.CreateSession(environment.Env, place, options, session), nameof(OrtApi.CreateSession));
            FileInfo file = new(path);
            made.ModelBytes = file.Exists ? file.Length : 0;
            return made;
        }
    }

    /// <summary>Makes a session of a file's content, which it copies.</summary>
    /// <exception cref="NativeCallFailure">The library refused the content or an option.</exception>
    public static OrtSession FromBytes(OrtEnvironment environment, ReadOnlySpan<byte> model, OrtSessionSettings settings)
    {
        fixed (byte* content = model)
        {
            byte* place = content;
            nuint length = (nuint)model.Length;
            OrtSession made = Create(
                environment, settings, (options, session) => OrtApi.CreateSessionFromArray(environment.Env, place, length, options, session), nameof(OrtApi.CreateSessionFromArray));
            made.ModelBytes = model.Length;
            return made;
        }
    }

    /// <inheritdoc/>
    protected override bool Release()
    {
        OrtApi.ReleaseSession((OrtApi.Session*)handle);
        return true;
    }

    private static OrtSession Create(OrtEnvironment environment, OrtSessionSettings settings, Creation create, string function)
    {
        OrtSession session = new(environment);
        try
        {
            using OrtSessionOptions options = OrtSessionOptions.Create(settings);
            using OrtLease lease = new(options);
            fixed (nint* place = &session.handle)
            {
                OrtStatus.Check(create((OrtApi.SessionOptions*)lease.Pointer, (OrtApi.Session**)place), function);
            }

            session.Inputs = OrtPorts.Inputs((OrtApi.Session*)session.handle, environment);
            session.Outputs = OrtPorts.Outputs((OrtApi.Session*)session.handle, environment);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private delegate OrtApi.Status* Creation(OrtApi.SessionOptions* options, OrtApi.Session** session);
}
