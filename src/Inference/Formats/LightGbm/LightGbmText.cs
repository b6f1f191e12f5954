using System;
using System.Runtime.CompilerServices;
using System.Text;

namespace Inference.Formats.LightGbm;

/// <summary>The lines of a LightGBM text model, one after the other. Lines end in LF or CR LF.</summary>
internal ref struct LightGbmText(ReadOnlySpan<byte> content)
{
    private const int ExcerptLength = 40;

    /// <summary>The whole file.</summary>
    public readonly ReadOnlySpan<byte> Content = content;

    private int _next;

    /// <summary>Where the current line starts in <see cref="Content"/>.</summary>
    public int Start { get; private set; }

    /// <summary>The current line without its end.</summary>
    public ReadOnlySpan<byte> Line { get; private set; }

    /// <summary>The number of the current line, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>Whether the current line is the file's last and has no line end.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Steps to the next line.</summary>
    /// <returns>Whether there is one.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Next()
    {
        if (_next >= Content.Length)
        {
            Line = [];
            return false;
        }

        ReadOnlySpan<byte> rest = Content[_next..];
        int length = rest.IndexOf((byte)'\n');
        IsCut = length < 0;
        Start = _next;
        Number++;
        _next += IsCut ? rest.Length : length + 1;
        ReadOnlySpan<byte> line = IsCut ? rest : rest[..length];
        Line = line.EndsWith("\r"u8) ? line[..^1] : line;
        return true;
    }

    /// <summary>Steps to the next line that is not empty.</summary>
    /// <returns>Whether there is one.</returns>
    public bool NextFilled()
    {
        while (Next())
        {
            if (!Line.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The beginning of a piece of a file in quotes, printable, for a message.</summary>
    public static string Quote(ReadOnlySpan<byte> text)
    {
        StringBuilder quote = new("'");
        foreach (char letter in Encoding.UTF8.GetString(text[..Math.Min(text.Length, ExcerptLength)]))
        {
            quote.Append(char.IsControl(letter) ? '?' : letter);
        }

        return quote.Append(text.Length > ExcerptLength ? "…'" : "'").ToString();
    }
}
