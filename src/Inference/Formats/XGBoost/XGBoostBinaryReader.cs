using System;
using System.Buffers.Binary;
using System.Text;

namespace Inference.Formats.XGBoost;

/// <summary>Reads XGBoost's old binary format into a record.</summary>
/// <remarks>
/// <para>
/// Little-endian dumps of C++ structs: an optional "binf", LearnerModelParamLegacy (136 bytes), the objective's and the
/// booster's name (64-bit length and bytes), the booster, attributes. Trees are a TreeParam (148 bytes), nodes of 20
/// bytes and statistics of 16. Sources: src/learner.cc, src/gbm/gbtree_model.h, src/gbm/gblinear_model.h and
/// include/xgboost/tree_model.h of 0.90, 1.0 and 1.7. Releases from 3.1 on no longer read it. It holds no categories,
/// no vector leaves, and of the version only major and minor (0.0 before 1.0).
/// </para>
/// <para>What follows the attributes, metric names and older objectives' parameters, matters to training alone.</para>
/// </remarks>
internal ref struct XGBoostBinaryReader
{
    private const int ModelParameterSize = 136;
    private const int TreeModelParameterSize = 160;
    private const int LinearModelParameterSize = 136;
    private const int TreeParameterSize = 148;
    private const int NodeSize = 20;
    private const int StatisticsSize = 16;

    /// <summary>A longer objective or booster name is no name.</summary>
    private const int MaxNameLength = 64;

    private readonly ReadOnlySpan<byte> _content;
    private readonly LoadContext _context;
    private readonly XGBoostModelRecord _model;
    private int _position;

    private XGBoostBinaryReader(ReadOnlySpan<byte> content, LoadContext context)
    {
        _content = content;
        _context = context;
        _position = content.StartsWith("binf"u8) ? 4 : 0;
        _model = new XGBoostModelRecord { Format = ModelFormat.XGBoostBinary };
    }

    private readonly int Left => _content.Length - _position;

    /// <summary>Whether the content is in this format: the magic word, or names where the format has them.</summary>
    public static bool Recognises(ReadOnlySpan<byte> content) =>
        content.StartsWith("binf"u8)
        || (TryPeekName(content, ModelParameterSize, out int end) && TryPeekName(content, end, out end)
            && (content[..end].EndsWith("gbtree"u8) || content[..end].EndsWith("dart"u8) || content[..end].EndsWith("gblinear"u8)));

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    public static XGBoostModelRecord Read(ReadOnlySpan<byte> content, LoadContext context)
    {
        XGBoostBinaryReader reader = new(content, context);
        reader.ReadModel();
        return reader._model;
    }

    private void ReadModel()
    {
        ReadOnlySpan<byte> parameters = Take(ModelParameterSize, "the model's parameters");
        int major = Int32(parameters, 20);
        int minor = Int32(parameters, 24);
        _model.Version = [major, minor];
        _model.BaseScore = [BinaryPrimitives.ReadSingleLittleEndian(parameters)];

        // XGBoost below 1.0 stores what it has already transformed (0.90, LazyInitModel), and no version.
        _model.BaseScoreIsMargin = major < 1;
        _model.FeatureCount = BinaryPrimitives.ReadUInt32LittleEndian(parameters[4..]);
        _model.ClassCount = Int32(parameters, 8);
        bool hasAttributes = Int32(parameters, 12) != 0;
        _model.TargetCount = Math.Max(1L, BinaryPrimitives.ReadUInt32LittleEndian(parameters[28..]));
        _model.Objective = ReadName("the objective's name");
        _model.Booster = ReadName("the booster's name");
        if (_model.Booster == "gblinear")
        {
            Take(LinearModelParameterSize, "the linear booster's parameters");
            _model.LinearWeights = ReadSingles("the linear weights");
        }
        else if (_model.Booster is "gbtree" or "dart")
        {
            ReadTrees();
            if (_model.Booster == "dart" && _model.DeclaredTreeCount > 0)
            {
                _model.TreeWeights = ReadSingles("the trees' weights");
            }
        }
        else
        {
            // Another booster's data has another shape; the importer says which boosters are known.
            return;
        }

        if (hasAttributes)
        {
            ReadAttributes();
        }
    }

    private void ReadTrees()
    {
        ReadOnlySpan<byte> parameters = Take(TreeModelParameterSize, "the tree model's parameters");
        int trees = Int32(parameters, 0);
        _model.ParallelTrees = Int32(parameters, 4);
        if (trees < 0 || trees > Left / (TreeParameterSize + NodeSize + StatisticsSize + sizeof(int)))
        {
            throw Broken(TreeModelParameterSize, $"{trees} trees", "as many as the rest of the file can hold");
        }

        _model.DeclaredTreeCount = trees;
        _model.Trees = new XGBoostTreeRecord[trees];
        for (int tree = 0; tree < trees; tree++)
        {
            _model.Trees[tree] = ReadTree();
        }

        ReadOnlySpan<byte> outputs = Take(trees * sizeof(int), "the trees' outputs");
        _model.TreeOutputs = new int[trees];
        for (int tree = 0; tree < trees; tree++)
        {
            _model.TreeOutputs[tree] = Int32(outputs, tree * sizeof(int));
        }
    }

    private XGBoostTreeRecord ReadTree()
    {
        ReadOnlySpan<byte> parameters = Take(TreeParameterSize, "a tree's parameters");
        int roots = Int32(parameters, 0);
        int count = Int32(parameters, 4);
        if (roots != 1 || Int32(parameters, 20) > 1)
        {
            throw _context.Unsupported(
                At(TreeParameterSize),
                $"a tree with {roots} roots and {Int32(parameters, 20)} values for each leaf",
                "one root and one value (XGBoost's own releases from 1.0 on have no others in this format)");
        }

        if (count < 1 || count > Left / (NodeSize + StatisticsSize))
        {
            throw Broken(TreeParameterSize, $"a tree of {count} nodes", "at least 1, and as many as the rest of the file can hold");
        }

        XGBoostTreeRecord tree = new()
        {
            DeclaredNodeCount = count,
            LeftChildren = new int[count],
            RightChildren = new int[count],
            SplitIndices = new int[count],
            SplitConditions = new float[count],
            DefaultLeft = new byte[count],
            LossChanges = new float[count],
            SumHessian = new float[count],
        };
        ReadOnlySpan<byte> nodes = Take(count * NodeSize, "a tree's nodes");
        ReadOnlySpan<byte> statistics = Take(count * StatisticsSize, "a tree's statistics");
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> node = nodes.Slice(i * NodeSize, NodeSize);
            tree.LeftChildren[i] = Int32(node, 4);
            tree.RightChildren[i] = Int32(node, 8);
            tree.SplitIndices[i] = Int32(node, 12) & int.MaxValue;
            tree.DefaultLeft[i] = (byte)(BinaryPrimitives.ReadUInt32LittleEndian(node[12..]) >> 31);
            tree.SplitConditions[i] = BinaryPrimitives.ReadSingleLittleEndian(node[16..]);
            tree.LossChanges[i] = BinaryPrimitives.ReadSingleLittleEndian(statistics[(i * StatisticsSize)..]);
            tree.SumHessian[i] = BinaryPrimitives.ReadSingleLittleEndian(statistics[((i * StatisticsSize) + 4)..]);
        }

        return tree;
    }

    private void ReadAttributes()
    {
        long count = ReadLength("the attributes", 2 * sizeof(long));
        for (long i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> name = ReadText("an attribute's name");
            ReadOnlySpan<byte> value = ReadText("an attribute's value");
            if (name.SequenceEqual("best_iteration"u8))
            {
                _model.BestIteration = Encoding.UTF8.GetString(value);
            }
        }
    }

    private string ReadName(string what)
    {
        int start = _position;
        ReadOnlySpan<byte> name = ReadText(what);
        if (!IsName(name))
        {
            throw _context.Broken($"byte {start}", $"\"{XGBoostParameters.Excerpt(name)}\"", what);
        }

        return Encoding.ASCII.GetString(name);
    }

    private float[] ReadSingles(string what)
    {
        int count = (int)ReadLength(what, sizeof(float));
        float[] values = new float[count];
        ReadOnlySpan<byte> bytes = Take(count * sizeof(float), what);
        for (int i = 0; i < count; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        }

        return values;
    }

    private ReadOnlySpan<byte> ReadText(string what) => Take((int)ReadLength(what, 1), what);

    /// <summary>A 64-bit count of elements that the rest of the file is known to hold.</summary>
    private long ReadLength(string what, int elementSize)
    {
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong), what));
        return length <= (ulong)(Left / elementSize)
            ? (long)length
            : throw Broken(sizeof(ulong), $"{what}: {length} elements", $"at most {Left / elementSize}, which the rest of the file can hold");
    }

    private ReadOnlySpan<byte> Take(int count, string what)
    {
        if (count > Left)
        {
            throw Broken(0, $"{Left} bytes before the end of the file", $"{count} bytes, {what}");
        }

        ReadOnlySpan<byte> bytes = _content.Slice(_position, count);
        _position += count;
        return bytes;
    }

    /// <summary>Where something stood that has been read.</summary>
    private readonly string At(int size) => $"byte {_position - size}";

    private readonly ModelFormatException Broken(int size, string found, string allowed) => _context.Broken(At(size), found, allowed);

    private static int Int32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);

    private static bool IsName(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MaxNameLength && !name.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    private static bool TryPeekName(ReadOnlySpan<byte> content, int position, out int end)
    {
        end = position;
        if (content.Length - position < sizeof(ulong))
        {
            return false;
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(content[position..]);
        if (length > MaxNameLength || content.Length - position - sizeof(ulong) < (int)length)
        {
            return false;
        }

        end = position + sizeof(ulong) + (int)length;
        return IsName(content[(position + sizeof(ulong))..end]);
    }
}
