using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Numerics;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Inference.Cli.Rows;

/// <summary>Rows from a CSV file: comma separated, quotes as in RFC 4180, UTF-8 (a byte-order mark may say otherwise), numbers as every culture but no one's in particular writes them.</summary>
/// <typeparam name="T">float or double, the model's number type: each cell is rounded once, from text to it.</typeparam>
/// <remarks>
/// The first line is a header when its cells are the names of the model's features in any order, which may be numbers, or when one
/// of them cannot be a value: it is no number, not missing, and no category that the column's vocabulary knows. Where the
/// model has no names to hold against it, such a line with numbers in it is refused: it may as well be a row that went wrong.
/// Blank lines may end the file; elsewhere they are refused, because leaving one out would shift every row after it.
/// </remarks>
internal sealed class CsvRowSource<T> : RowSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>No value of a row is this long; a quote that is never closed is.</summary>
    private const int LongestCell = 1 << 20;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly StreamReader _text;
    private readonly CsvParser _parser;
    private readonly CategoryVocabulary?[] _vocabularies;
    private readonly string[]? _header;
    private readonly ColumnMapping? _mapping;
    private readonly T[] _cells;
    private bool _hasPending;
    private int _firstLine;

    /// <summary>Opens a file and reads its first line.</summary>
    /// <exception cref="CommandException">The file cannot be read, or its columns are not the model's.</exception>
    public CsvRowSource(string path, Booster booster)
    {
        BoosterInfo info = booster.Info;
        _path = path;
        _stream = InputFiles.OpenRows(path);
        _text = new StreamReader(_stream, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true);
        _parser = new CsvParser(_text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            HasHeaderRecord = false,
            IgnoreBlankLines = false,
            Delimiter = ",",
            MaxFieldSize = LongestCell,
            BadDataFound = _ => throw OddQuote(),
        });
        try
        {
            if (!ReadRecord())
            {
                throw new CommandException(path, "no line", $"rows of {info.Features.Count} cells");
            }

            if (IsHeader(info))
            {
                _header = (string[])_parser.Record!.Clone();
                _mapping = Bind(booster, _header);
            }
            else
            {
                CheckColumns($"{path}, line 1", _parser.Count, info);
                _hasPending = true;
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        Columns = info.Features.Count;
        _cells = new T[_header?.Length ?? Columns];
        _vocabularies = new CategoryVocabulary?[_cells.Length];
        for (int feature = 0; feature < Columns; feature++)
        {
            int column = _mapping?.Columns[feature] ?? feature;
            if (column >= 0)
            {
                _vocabularies[column] = info.Features[feature].Vocabulary;
            }
        }
    }

    /// <inheritdoc/>
    public override int Columns { get; }

    /// <inheritdoc/>
    public override double Progress => _stream.Length == 0 ? 1 : (double)_stream.Position / _stream.Length;

    /// <inheritdoc/>
    public override int Read(Span<T> rows, int most)
    {
        int count = 0;
        while (count < most && (_hasPending || ReadRecord()))
        {
            _hasPending = false;
            if (_parser.Count != _cells.Length)
            {
                throw new CommandException($"{_path}, line {Line}", $"{_parser.Count} cells", $"{_cells.Length}, as in line 1");
            }

            for (int column = 0; column < _cells.Length; column++)
            {
                _cells[column] = Parse(_parser[column], column);
            }

            Arrange(rows.Slice(count * Columns, Columns));
            count++;
        }

        return count;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _parser.Dispose();
        _text.Dispose();
        _stream.Dispose();
    }

    /// <summary>Reads the next record; at the end, and before blank lines that end the file, there is none.</summary>
    private bool ReadRecord()
    {
        int blank = 0;
        while (Next())
        {
            ReadOnlySpan<char> record = _parser.RawRecord;
            if (record.Count('"') % 2 != 0)
            {
                // One that is not closed takes all that follows into its cell.
                throw OddQuote();
            }

            if (!record.Trim("\r\n").IsEmpty)
            {
                return blank == 0 ? true : throw new CommandException($"{_path}, line {blank}", "a blank line between rows", "blank lines at the end alone (a missing value alone in its row is written NA)");
            }

            blank = blank == 0 ? Line : blank;
        }

        return false;
    }

    /// <summary>Reads the next record, blank or not.</summary>
    private bool Next()
    {
        _firstLine = _parser.RawRow + 1;
        try
        {
            return _parser.Read();
        }
        catch (CsvHelperException exception)
        {
            throw new CommandException($"{_path}, line {Line}", exception.Message.Split('\n')[0].TrimEnd('.', '\r'), $"cells of at most {LongestCell} characters");
        }
    }

    private CommandException OddQuote() => new($"{_path}, line {_firstLine}", "a quote that is not closed, or in a cell that does not begin with one", "quotes around the whole cell, doubled within");

    private int Line => Math.Max(1, _parser.RawRow);

    private bool IsHeader(BoosterInfo info)
    {
        string? noValue = null, number = null;
        HashSet<string> cells = [];
        for (int column = 0; column < _parser.Count; column++)
        {
            string cell = _parser[column];
            CategoryVocabulary? vocabulary = column < info.Features.Count ? info.Features[column].Vocabulary : null;
            cells.Add(cell);
            if (vocabulary?.TryGetCode(cell, out _) == true)
            {
                continue;
            }

            if (!CsvCell.TryParse(cell, out T value))
            {
                noValue ??= cell;
            }
            else if (!T.IsNaN(value))
            {
                number ??= cell;
            }
        }

        if (info.HasFeatureNames)
        {
            return noValue is not null || (_parser.Count == info.Features.Count && info.Features.All(feature => cells.Contains(feature.Name!)));
        }

        return noValue is null || number is null ? noValue is not null : throw new CommandException(
            $"{_path}, line 1",
            $"{ErrorLine.Quote(noValue)} beside {ErrorLine.Quote(number)}",
            "names alone or values alone, for a model whose file names no features");
    }

    private ColumnMapping Bind(Booster booster, string[] names)
    {
        if (!booster.Info.HasFeatureNames)
        {
            CheckColumns($"{_path}, line 1", names.Length, booster.Info);
        }

        try
        {
            return booster.BindColumns(names);
        }
        catch (SchemaMismatchException exception)
        {
            throw new CommandException($"{_path}, line 1", exception);
        }
    }

    private T Parse(string cell, int column)
    {
        if (_vocabularies[column] is { } vocabulary)
        {
            // A category that is spelled like a missing value is a category where the model knows it.
            return T.CreateTruncating(vocabulary.Encode(cell));
        }

        return CsvCell.TryParse(cell, out T value)
            ? value
            : throw new CommandException(
                $"{_path}, line {Line}, column {(_header is null ? column + 1 : ErrorLine.Quote(_header[column]))}",
                ErrorLine.Quote(cell),
                "a number, or an empty cell, NA or NaN for a missing value");
    }

    private void Arrange(Span<T> row)
    {
        if (_mapping is null)
        {
            _cells.CopyTo(row);
        }
        else if (typeof(T) == typeof(float))
        {
            _mapping.Arrange((float[])(object)_cells, System.Runtime.InteropServices.MemoryMarshal.Cast<T, float>(row));
        }
        else
        {
            _mapping.Arrange((double[])(object)_cells, System.Runtime.InteropServices.MemoryMarshal.Cast<T, double>(row));
        }
    }
}
