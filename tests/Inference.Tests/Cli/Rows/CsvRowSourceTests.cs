using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Inference.Cli;
using Inference.Cli.Rows;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli.Rows;

public class CsvRowSourceTests
{
    private static readonly string[] Names = ["a", "b", "c"];

    [Theory]
    [InlineData("1,2,3\n4,5,6\n")]
    [InlineData("1,2,3\r\n4,5,6\r\n")]
    [InlineData("1,2,3\n4,5,6")]
    [InlineData("1,2,3\n4,5,6\n\n\n")]
    [InlineData("\uFEFF1,2,3\n4,5,6\n")]
    [InlineData(" 1 ,\"2\",+3\n4e0,5.0,0.6E1\n")]
    [InlineData("a,b,c\n1,2,3\n4,5,6\n")]
    [InlineData("c,a,b\n3,1,2\n6,4,5\n")]
    [InlineData("\"c\",\"a\",\"b\"\r\n3,1,2\r\n6,4,5\r\n")]
    [InlineData("\uFEFFc,a,b\n3,1,2\n6,4,5\n")]
    public void Lines_are_rows_in_the_models_order(string content) =>
        Assert.Equal([1f, 2, 3, 4, 5, 6], Read<float>(content, Named()));

    [Theory]
    [InlineData("NA,,NaN\n")]
    [InlineData("nan,\"\",\"NA\"\n")]
    [InlineData(" ,NA , NAN\n")]
    [InlineData("a,b,c\n,,\n")]
    public void Empty_cells_NA_and_NaN_are_missing(string content) =>
        Assert.Equal([float.NaN, float.NaN, float.NaN], Read<float>(content, Named()));

    [Fact]
    public void Infinities_and_signed_zeros_are_numbers()
    {
        double[] row = Read<double>("inf,-Infinity,-0\n+INF,-inf,1e-320\n", Named(ScorePrecision.Double));
        Assert.Equal([double.PositiveInfinity, double.NegativeInfinity, -0.0, double.PositiveInfinity, double.NegativeInfinity, 1e-320], row);
        Assert.True(double.IsNegative(row[2]));
    }

    [Fact]
    public void Text_is_rounded_once()
    {
        // Above the middle of two floats by less than half a double's step there: as a double it is the middle, and
        // rounding that to even would go down.
        const string Text = "1.00000005960464477539062501";
        Assert.Equal(1f, (float)double.Parse(Text, CultureInfo.InvariantCulture));
        Assert.Equal(MathF.BitIncrement(1), Read<float>($"{Text},0,0\n", Named())[0]);
        Assert.Equal(0.1, Read<double>("0.1,0,0\n", Named(ScorePrecision.Double))[0]);
    }

    [Fact]
    public void A_model_without_names_takes_columns_by_position()
    {
        Assert.Equal([1f, 2, 3], Read<float>("x,y,z\n1,2,3\n", SmallModel.Load(3)));
        Assert.Contains("line 1: rows of 2 columns; 3", Refusal("x,y\n1,2\n", SmallModel.Load(3)), StringComparison.Ordinal);
        Assert.Contains("line 1: rows of 2 columns; 3", Refusal("1,2\n", SmallModel.Load(3)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0,1\n7,8\n")]
    [InlineData("1,0\n8,7\n")]
    public void Names_that_are_numbers_are_a_header_too(string content) =>
        Assert.Equal([7f, 8f], Read<float>(content, SmallModel.Load(2, ["0", "1"])));

    [Theory]
    [InlineData("1,2,z\n1,2,3\n", "line 1: 'z' beside '1'; names alone or values alone, for a model whose file names no features")]
    [InlineData("1,N/A,3\n1,2,3\n", "line 1: 'N/A' beside '1'; names alone or values alone, for a model whose file names no features")]
    public void A_first_row_that_went_wrong_is_not_taken_for_a_header(string content, string message)
    {
        using Booster booster = SmallModel.Load(3);
        Assert.EndsWith(message, Refusal(content, booster), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_and_missing_columns_are_named()
    {
        using Booster booster = Named();
        Assert.EndsWith(
            ".csv, line 1: small: 1 feature without a column (\"c\"), 1 column unknown to the model (\"d\"); one column for each of its 3 features, by name",
            Refusal("a,b,d\n1,2,3\n", booster),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1,2,3\n4,x,6\n", "line 2, column 2: 'x'; a number, or an empty cell, NA or NaN for a missing value")]
    [InlineData("c,b,a\n1,2,3\n4,twelve,6\n", "line 3, column 'b': 'twelve'; a number, or an empty cell, NA or NaN for a missing value")]
    [InlineData("1,2,3\n4,5\n", "line 2: 2 cells; 3, as in line 1")]
    [InlineData("1,2,3\n4,5,6,7\n", "line 2: 4 cells; 3, as in line 1")]
    [InlineData("1,2,3\n1_000,2,3\n", "line 2, column 1: '1_000'; a number, or an empty cell, NA or NaN for a missing value")]
    [InlineData("1,2,3\n\"1,000\",2,3\n", "line 2, column 1: '1,000'; a number, or an empty cell, NA or NaN for a missing value")]
    [InlineData("1,2,3\n\n4,5,6\n", "line 2: a blank line between rows; blank lines at the end alone (a missing value alone in its row is written NA)")]
    [InlineData("1,2,3\n4,\"5\"x,6\n", "line 2: a quote that is not closed, or in a cell that does not begin with one; quotes around the whole cell, doubled within")]
    [InlineData("1,2,3\n4,\"5,6\n7,8,9\n", "line 2: a quote that is not closed, or in a cell that does not begin with one; quotes around the whole cell, doubled within")]
    [InlineData("1,2,3\n4,5,\"6", "line 2: a quote that is not closed, or in a cell that does not begin with one; quotes around the whole cell, doubled within")]
    [InlineData("1,2,3\r4,\"5,6\r7,8,9", "line 2: a quote that is not closed, or in a cell that does not begin with one; quotes around the whole cell, doubled within")]
    [InlineData("1,2,3\n4,5,6\"\n7,8,9\n", "line 2: a quote that is not closed, or in a cell that does not begin with one; quotes around the whole cell, doubled within")]
    [InlineData("1,2\",3\n4,5,6\n", "line 1: a quote that is not closed, or in a cell that does not begin with one; quotes around the whole cell, doubled within")]
    [InlineData("1,2,3\n4,5\0,6\n", "line 2, column 2: '5\0'; a number, or an empty cell, NA or NaN for a missing value")]
    [InlineData("", ": no line; rows of 3 cells")]
    [InlineData("\n\n", ": no line; rows of 3 cells")]
    public void What_cannot_be_a_row_is_named_with_its_place(string content, string message)
    {
        using Booster booster = Named();
        Assert.EndsWith(message, Refusal(content, booster), StringComparison.Ordinal);
    }

    [Fact]
    public void Categories_are_encoded_where_the_model_knows_them()
    {
        using Booster booster = WithVocabulary(["NA", "red", "blue, dark"], areNumbers: false);
        Assert.Equal([2f, 5, 1, 6, 0, 7, float.NaN, 8, float.NaN, 9], Read<float>("colour,size\n\"blue, dark\",5\nred,6\nNA,7\nviolet,8\n,9\n", booster));

        // Without a header a known category is a value, not a name.
        Assert.Equal([1f, 5], Read<float>("red,5\n", booster));
    }

    [Fact]
    public void Categories_that_are_numbers_are_numbers()
    {
        using Booster booster = WithVocabulary(["10", "20", "2.5"], areNumbers: true);
        Assert.Equal([1f, 5, 0, 6, 2, 7, float.NaN, 8], Read<float>("20.0,5\n1e1,6\n2.50,7\n30,8\n", booster));
    }

    [Fact]
    public void Cultures_change_nothing()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NumberGroupSeparator = "." } };
            Assert.Equal([1.5f, 2, 3], Read<float>("1.5,2,3\n", Named()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_quote_that_is_never_closed_is_refused()
    {
        using Booster booster = Named();
        string content = "1,2,3\n\"" + new string('x', 3_000_000);
        Assert.Contains("line", Refusal(content, booster), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_come_in_whatever_chunks_are_asked_for()
    {
        using TemporaryFolder folder = new();
        using Booster booster = Named();
        string path = folder.Write("rows.csv", string.Concat(Enumerable.Range(0, 100).Select(i => $"{i},{i + 0.5},{-i}\n")));
        float[] all = ReadFile<float>(path, booster);
        Assert.Equal(300, all.Length);
        foreach (int most in (int[])[1, 7, 99, 100, 101])
        {
            using RowSource<float> source = (RowSource<float>)RowSource.Open(path, booster);
            List<float> rows = [];
            float[] chunk = new float[most * 3];
            int count;
            while ((count = source.Read(chunk, most)) > 0)
            {
                rows.AddRange(chunk[..(count * 3)]);
            }

            Assert.Equal(all, rows);
            Assert.Equal(1, source.Progress);
        }
    }

    [Fact]
    public void Random_bytes_are_refused_in_words()
    {
        Random random = new(20240502);
        byte[][] alphabets = ["0123456789.,-+eE\n\r\" NAa"u8.ToArray(), [.. Enumerable.Range(0, 256).Select(i => (byte)i)]];
        using TemporaryFolder folder = new();
        using Booster booster = Named();
        for (int round = 0; round < 2000; round++)
        {
            byte[] alphabet = alphabets[round % 2];
            byte[] content = new byte[random.Next(80)];
            for (int i = 0; i < content.Length; i++)
            {
                content[i] = alphabet[random.Next(alphabet.Length)];
            }

            try
            {
                ReadFile<float>(folder.Write("rows.csv", content), booster);
            }
            catch (Exception exception) when (exception is CommandException or InferenceException)
            {
                Assert.DoesNotContain('\n', ErrorLine.OneLine(exception.Message));
            }
        }
    }

    private static Booster Named(ScorePrecision precision = ScorePrecision.Single) => SmallModel.Load(3, Names, precision: precision);

    private static Booster WithVocabulary(string[] categories, bool areNumbers) => Booster.Create(new Forest
    {
        Origin = new ForestOrigin
        {
            Source = "vocabulary",
            Format = ModelFormat.LightGbmText,
            Version = "v4",
            VersionVerified = false,
            FeatureNames = ["colour", "size"],
            Vocabularies = new Dictionary<int, CategoryVocabulary> { [0] = new(categories, areNumbers) },
        },
        Precision = ScorePrecision.Single,
        ContributionRule = ContributionRule.TreeShapByTree,
        FeatureCount = 2,
        OutputCount = 1,
        BaseMargin = [0],
    });

    private static string Refusal(string content, Booster booster) => Assert.Throws<CommandException>(() => Read<float>(content, booster)).Message;

    private static T[] Read<T>(string content, Booster booster)
        where T : unmanaged
    {
        using TemporaryFolder folder = new();
        return ReadFile<T>(folder.Write("rows.csv", Encoding.UTF8.GetBytes(content)), booster);
    }

    private static T[] ReadFile<T>(string path, Booster booster)
        where T : unmanaged
    {
        using RowSource<T> source = (RowSource<T>)RowSource.Open(path, booster);
        return source.ReadAll();
    }
}
