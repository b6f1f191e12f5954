using System;

namespace Inference.Formats.XGBoost;

/// <summary>What kind of value comes next in a document.</summary>
internal enum DocumentValue : byte
{
    /// <summary>Names and values.</summary>
    Object,

    /// <summary>Values in order.</summary>
    Array,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A number, whole or not.</summary>
    Number,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>No value.</summary>
    Null,
}

/// <summary>Where a walk through an object or an array stands; held by the walker, so that readers need no stack.</summary>
internal struct DocumentCursor
{
    /// <summary>The elements still to come where the document counts them, else -1.</summary>
    public long Remaining;

    /// <summary>Whether an element has been read, so that a separator is due.</summary>
    public bool Started;

    /// <summary>The marker that all elements share (UBJSON's typed arrays), else 0.</summary>
    public byte ElementType;
}

/// <summary>Pulls values out of a document in the order in which they stand. XGBoost writes one model as JSON or as UBJSON.</summary>
/// <remarks>
/// Every method throws <see cref="ModelFormatException"/> where the document has something else. No method recurses,
/// and none allocates more than a small multiple of the bytes that stand behind it.
/// </remarks>
internal interface IDocumentReader
{
    /// <summary>How deep values of unknown names may be nested. XGBoost's own documents reach 8.</summary>
    public const int MaxDepth = 64;

    /// <summary>The place of the next value, for messages.</summary>
    public string Location { get; }

    /// <summary>The kind of the next value.</summary>
    public DocumentValue Peek();

    /// <summary>Enters an object.</summary>
    public DocumentCursor BeginObject();

    /// <summary>The name of the next member, whose value must then be read; <see langword="false"/> behind the last.</summary>
    /// <param name="cursor">The object's cursor.</param>
    /// <param name="name">UTF-8, valid until the next call.</param>
    public bool NextMember(ref DocumentCursor cursor, out ReadOnlySpan<byte> name);

    /// <summary>Enters an array of objects, arrays or texts.</summary>
    public DocumentCursor BeginArray();

    /// <summary>Whether another element follows, which must then be read.</summary>
    public bool NextElement(ref DocumentCursor cursor);

    /// <summary>A text as UTF-8, valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadText();

    /// <summary>A whole number.</summary>
    public long ReadInteger();

    /// <summary>An array of whole numbers of 32 bits.</summary>
    public int[] ReadInt32Array();

    /// <summary>An array of whole numbers of 64 bits.</summary>
    public long[] ReadInt64Array();

    /// <summary>An array of float32 numbers, each the float nearest to what stands there.</summary>
    public float[] ReadSingleArray();

    /// <summary>An array of small codes from 0 to 255; true and false count as 1 and 0.</summary>
    public byte[] ReadByteArray();

    /// <summary>Passes over a value of any kind.</summary>
    public void Skip();

    /// <summary>Refuses content behind the document.</summary>
    public void End();
}
