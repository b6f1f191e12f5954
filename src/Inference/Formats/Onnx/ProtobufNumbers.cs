using System;
using System.Runtime.CompilerServices;

namespace Inference.Formats.Onnx;

/// <summary>The numbers of one repeated field of a message, one after the other, whether each has its own tag or many are packed.</summary>
/// <remarks>Writers of ONNX do both, and readers must take both, even mixed. Source: the protobuf encoding specification.</remarks>
internal ref struct ProtobufNumbers
{
    private readonly ReadOnlySpan<byte> _content;
    private readonly LoadContext _context;
    private readonly int _field;
    private readonly WireType _wire;
    private readonly byte _tag;
    private ProtobufReader _message;
    private ProtobufReader _packed;
    private bool _isPacked;

    /// <summary>The numbers of a field.</summary>
    /// <param name="content">The file.</param>
    /// <param name="message">The message.</param>
    /// <param name="field">The field.</param>
    /// <param name="wire">How one number is written: as varint, float or double.</param>
    /// <param name="context">For messages.</param>
    public ProtobufNumbers(ReadOnlySpan<byte> content, ByteRange message, int field, WireType wire, LoadContext context)
    {
        _content = content;
        _context = context;
        _field = field;
        _wire = wire;

        // Fields from 16 on have tags of two bytes, which only the slow way finds: 0 is no tag.
        _tag = field < 16 ? (byte)((field << 3) | (int)wire) : (byte)0;
        _message = new ProtobufReader(content, message, context);
        _packed = new ProtobufReader(content, default, context);
    }

    /// <summary>The current number of a varint field.</summary>
    public long Integer { get; private set; }

    /// <summary>The current number of a float or double field, widened.</summary>
    public double Real { get; private set; }

    /// <summary>Goes to the next number; false after the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next()
    {
        if (_isPacked || _tag == 0 || !_message.NextIf(_tag))
        {
            return NextOther();
        }

        Take(ref _message);
        return true;
    }

    /// <summary>Goes to a number that is not the next field of the message: among packed ones, or after other fields.</summary>
    private bool NextOther()
    {
        while (!_packed.NextPacked(_wire))
        {
            _isPacked = false;
            do
            {
                if (!_message.Next())
                {
                    return false;
                }
            }
            while (!IsMine());

            if (_message.Wire != WireType.Bytes)
            {
                Take(ref _message);
                return true;
            }

            _packed = new ProtobufReader(_content, _message.ReadBytes(), _context);
            _isPacked = true;
        }

        Take(ref _packed);
        return true;
    }

    /// <summary>How many numbers a field has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Count(ReadOnlySpan<byte> content, ByteRange message, int field, WireType wire, LoadContext context)
    {
        int count = 0;
        ProtobufNumbers numbers = new(content, message, field, wire, context);
        while (numbers.Next())
        {
            count++;
        }

        return count;
    }

    private bool IsMine()
    {
        if (_message.Field == _field)
        {
            return true;
        }

        _message.Skip();
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(ref ProtobufReader reader)
    {
        switch (_wire)
        {
            case WireType.Varint:
                Integer = reader.ReadInteger();
                break;
            case WireType.Fixed32:
                Real = reader.ReadSingle();
                break;
            default:
                Real = reader.ReadDouble();
                break;
        }
    }
}
