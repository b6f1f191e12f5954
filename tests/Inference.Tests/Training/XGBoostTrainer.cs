using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using static Inference.Tests.Training.TrainingData;

namespace Inference.Tests.Training;

/// <summary>Trains models with XGBoost's C API, with random parameters.</summary>
internal static unsafe class XGBoostTrainer
{
    private static readonly (string Name, LabelKind Labels)[] Objectives =
    [
        ("binary:logistic", LabelKind.Binary), ("binary:logitraw", LabelKind.Binary), ("binary:hinge", LabelKind.Binary), ("count:poisson", LabelKind.Positive),
        ("multi:softmax", LabelKind.Class), ("multi:softprob", LabelKind.Class), ("rank:ndcg", LabelKind.Grade), ("rank:pairwise", LabelKind.Grade),
        ("reg:absoluteerror", LabelKind.Real), ("reg:gamma", LabelKind.Positive), ("reg:logistic", LabelKind.Share), ("reg:pseudohubererror", LabelKind.Real),
        ("reg:squarederror", LabelKind.Real), ("reg:squaredlogerror", LabelKind.Positive), ("reg:tweedie", LabelKind.Positive),
        ("survival:aft", LabelKind.Positive), ("survival:cox", LabelKind.Positive),
    ];

    private static readonly delegate* unmanaged<byte*> LastError = (delegate* unmanaged<byte*>)Function("XGBGetLastError");
    private static readonly delegate* unmanaged<float*, ulong, ulong, float, void**, int> CreateMatrix = (delegate* unmanaged<float*, ulong, ulong, float, void**, int>)Function("XGDMatrixCreateFromMat");
    private static readonly delegate* unmanaged<void*, int> FreeMatrix = (delegate* unmanaged<void*, int>)Function("XGDMatrixFree");
    private static readonly delegate* unmanaged<void*, byte*, byte**, ulong, int> SetTexts = (delegate* unmanaged<void*, byte*, byte**, ulong, int>)Function("XGDMatrixSetStrFeatureInfo");
    private static readonly delegate* unmanaged<void*, byte*, float*, ulong, int> SetFloats = (delegate* unmanaged<void*, byte*, float*, ulong, int>)Function("XGDMatrixSetFloatInfo");
    private static readonly delegate* unmanaged<void*, byte*, uint*, ulong, int> SetCounts = (delegate* unmanaged<void*, byte*, uint*, ulong, int>)Function("XGDMatrixSetUIntInfo");
    private static readonly delegate* unmanaged<void*, byte*, byte*, int> SetArray = (delegate* unmanaged<void*, byte*, byte*, int>)Function("XGDMatrixSetInfoFromInterface");
    private static readonly delegate* unmanaged<void**, ulong, void**, int> CreateBooster = (delegate* unmanaged<void**, ulong, void**, int>)Function("XGBoosterCreate");
    private static readonly delegate* unmanaged<void*, int> FreeBooster = (delegate* unmanaged<void*, int>)Function("XGBoosterFree");
    private static readonly delegate* unmanaged<void*, byte*, byte*, int> SetParameter = (delegate* unmanaged<void*, byte*, byte*, int>)Function("XGBoosterSetParam");
    private static readonly delegate* unmanaged<void*, int, void*, int> Update = (delegate* unmanaged<void*, int, void*, int>)Function("XGBoosterUpdateOneIter");
    private static readonly delegate* unmanaged<void*, byte*, ulong*, byte**, int> Save = (delegate* unmanaged<void*, byte*, ulong*, byte**, int>)Function("XGBoosterSaveModelToBuffer");

    /// <summary>Trains a model and saves it in one of the library's formats.</summary>
    /// <param name="data">The table.</param>
    /// <param name="random">The case's numbers.</param>
    /// <param name="about">What was trained.</param>
    public static byte[] Train(TrainingData data, Random random, out string about)
    {
        (string objective, LabelKind labels) = Pick(random, Objectives);
        int classes = Pick(random, 2, 3, 7);
        bool hasCategories = data.Categories.Any(count => count > 0);
        Dictionary<string, object> parameters = Parameters(random, objective, hasCategories);
        bool isLinear = (string)parameters["booster"] == "gblinear";
        if (labels == LabelKind.Class)
        {
            parameters["num_class"] = classes;
        }

        int targets = objective == "reg:squarederror" && !isLinear && random.Next(3) == 0 ? 2 : 1;
        int rounds = Pick(random, 1, 3, 20, 60);

        // The old binary format has no categories.
        string format = Pick(random, "json", "ubj", hasCategories ? "ubj" : "deprecated");
        about = $"XGBoost, {rounds} rounds, {targets} targets, {format}, {string.Join(' ', parameters.Select(pair => $"{pair.Key}={pair.Value}"))}";
        void* matrix;
        fixed (float* rows = data.Rows)
        {
            Check(CreateMatrix(rows, (ulong)data.Count, (ulong)data.Features, float.NaN, &matrix));
        }

        void* booster = null;
        try
        {
            if (!isLinear)
            {
                SetTypes(matrix, data);
            }

            SetLabels(matrix, data.Labels(labels, classes), objective, targets);
            Check(CreateBooster(&matrix, 1, &booster));
            foreach ((string name, object value) in parameters)
            {
                fixed (byte* key = TrainerApi.Text(name), text = TrainerApi.Text(Convert.ToString(value, CultureInfo.InvariantCulture)!))
                {
                    Check(SetParameter(booster, key, text));
                }
            }

            for (int round = 0; round < rounds; round++)
            {
                Check(Update(booster, round, matrix));
            }

            ulong length;
            byte* content;
            fixed (byte* config = TrainerApi.Text($$"""{"format": "{{format}}"}"""))
            {
                Check(Save(booster, config, &length, &content));
            }

            return new ReadOnlySpan<byte>(content, (int)length).ToArray();
        }
        finally
        {
            _ = booster == null ? 0 : FreeBooster(booster);
            _ = FreeMatrix(matrix);
        }
    }

    private static Dictionary<string, object> Parameters(Random random, string objective, bool hasCategories)
    {
        string booster = Pick(random, "gbtree", "gbtree", "gbtree", "gbtree", "dart", "gblinear");
        Dictionary<string, object> parameters = new()
        {
            ["booster"] = booster,
            ["objective"] = objective,
            ["eta"] = Pick(random, 0.05, 0.3, 1),
            ["base_score"] = Pick(random, 0.5, 0.2, 0.9),
            ["lambda"] = random.Next(2),
            ["nthread"] = 1,
            ["verbosity"] = 0,
            ["seed"] = random.Next(),
        };
        if (booster == "gblinear")
        {
            return parameters;
        }

        parameters["max_depth"] = Pick(random, 1, 2, 3, 6, 9, 12);
        parameters["min_child_weight"] = Pick(random, 0, 1, 5);
        parameters["tree_method"] = hasCategories ? Pick(random, "hist", "approx") : Pick(random, "hist", "approx", "exact");
        parameters["grow_policy"] = Pick(random, "depthwise", "lossguide");
        parameters["max_leaves"] = Pick(random, 0, 0, 20);
        parameters["max_cat_to_onehot"] = Pick(random, 1, 4, 1000);
        parameters["num_parallel_tree"] = Pick(random, 1, 1, 1, 3);
        parameters["subsample"] = Pick(random, 1, 0.7);
        if (booster == "dart")
        {
            parameters["rate_drop"] = Pick(random, 0.1, 0.5);
            parameters["one_drop"] = random.Next(2);
            parameters["normalize_type"] = Pick(random, "tree", "forest");
            parameters["sample_type"] = Pick(random, "uniform", "weighted");
        }

        return parameters;
    }

    private static void SetTypes(void* matrix, TrainingData data)
    {
        byte** types = stackalloc byte*[data.Features];
        fixed (byte* category = "c\0"u8, number = "q\0"u8, field = "feature_type\0"u8)
        {
            for (int feature = 0; feature < data.Features; feature++)
            {
                types[feature] = data.Categories[feature] > 0 ? category : number;
            }

            Check(SetTexts(matrix, field, types, (ulong)data.Features));
        }
    }

    private static void SetLabels(void* matrix, float[] labels, string objective, int targets)
    {
        fixed (float* values = labels)
        {
            if (targets > 1)
            {
                float[] both = [.. labels.SelectMany(label => new[] { label, -label })];
                fixed (float* table = both)
                fixed (byte* field = "label\0"u8, array = TrainerApi.Text($$"""{"data": [{{(nint)table}}, false], "shape": [{{labels.Length}}, 2], "typestr": "<f4", "version": 3}"""))
                {
                    Check(SetArray(matrix, field, array));
                }

                return;
            }

            foreach (string field in objective == "survival:aft" ? ["label_lower_bound", "label_upper_bound"] : (string[])["label"])
            {
                fixed (byte* name = TrainerApi.Text(field))
                {
                    Check(SetFloats(matrix, name, values, (ulong)labels.Length));
                }
            }
        }

        if (objective.StartsWith("rank:", StringComparison.Ordinal))
        {
            uint[] groups = [.. Enumerable.Repeat(10u, labels.Length / 10)];
            fixed (uint* sizes = groups)
            fixed (byte* field = "group\0"u8)
            {
                Check(SetCounts(matrix, field, sizes, (ulong)groups.Length));
            }
        }
    }

    private static void* Function(string name) => TrainerApi.Function(NativeLibraryKind.XGBoost, name);

    private static void Check(int code) => TrainerApi.Check(code, LastError);
}
