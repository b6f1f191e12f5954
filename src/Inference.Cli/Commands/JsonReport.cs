using System;
using System.IO;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Inference.Cli.Commands;

/// <summary>One JSON object on standard output.</summary>
internal static class JsonReport
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an object and a line end.</summary>
    /// <param name="output">Standard output.</param>
    /// <param name="properties">Writes the object's properties.</param>
    public static void Write(TextWriter output, Action<Utf8JsonWriter> properties)
    {
        using MemoryStream memory = new();
        using (Utf8JsonWriter writer = new(memory, Options))
        {
            writer.WriteStartObject();
            properties(writer);
            writer.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length));
    }

    /// <summary>A number that JSON can hold: infinities and NaN, which it cannot, are null.</summary>
    public static void WriteFinite(this Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
