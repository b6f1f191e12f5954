using System;
using System.IO;
using System.Text;

namespace Inference.Cli;

/// <summary>The one line that a failed command leaves on standard error.</summary>
internal static class ErrorLine
{
    private const int LongestMessage = 2000;

    /// <summary>Writes <c>error: where: what was found; what is allowed</c>; where standard error is closed, the exit status alone tells.</summary>
    public static void Write(TextWriter error, string message)
    {
        try
        {
            error.WriteLine("error: " + OneLine(message));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nobody listens.
        }
    }

    /// <summary>The message of an exception that a command ended with.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        CommandException or InferenceException => exception.Message,
        OutOfMemoryException => "memory: not enough for this work; fewer --threads, or a smaller model",
        IOException or UnauthorizedAccessException => $"input and output: {exception.Message}; a file that can be read, a folder that can be written",
        _ => $"inference: {exception.GetType().Name}, {exception.Message}; none, this is a defect of the program",
    };

    /// <summary>Names, cells and paths come from files: line ends and terminal codes in them are written as \u escapes.</summary>
    public static string OneLine(string message)
    {
        StringBuilder line = new(message.Length);
        foreach (char c in message)
        {
            if (line.Length >= LongestMessage)
            {
                return line.Append("...").ToString();
            }

            if (char.IsControl(c) || c is '\u2028' or '\u2029')
            {
                line.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                line.Append(c);
            }
        }

        return line.ToString();
    }

    /// <summary>A cell or an argument in a message: quoted, and cut where it is too long to be read.</summary>
    public static string Quote(string text) => text.Length <= 48 ? $"'{text}'" : $"'{text.AsSpan(0, 45)}...'";
}
