using System;
using System.Collections.Generic;
using System.Linq;
using static Inference.Tests.Training.TrainingData;

namespace Inference.Tests.Training;

/// <summary>Trains models with LightGBM's C API, with random parameters.</summary>
internal static unsafe class LightGbmTrainer
{
    private const int Single = 0, Int32 = 2;

    private static readonly (string Name, LabelKind Labels)[] Objectives =
    [
        ("binary", LabelKind.Binary), ("cross_entropy", LabelKind.Share), ("cross_entropy_lambda", LabelKind.Share), ("fair", LabelKind.Real),
        ("gamma", LabelKind.Positive), ("huber", LabelKind.Real), ("lambdarank", LabelKind.Grade), ("mape", LabelKind.Positive), ("multiclass", LabelKind.Class),
        ("multiclassova", LabelKind.Class), ("poisson", LabelKind.Positive), ("quantile", LabelKind.Real), ("rank_xendcg", LabelKind.Grade),
        ("regression", LabelKind.Real), ("regression_l1", LabelKind.Real), ("tweedie", LabelKind.Positive),
    ];

    private static readonly delegate* unmanaged<byte*> LastError = (delegate* unmanaged<byte*>)Function("LGBM_GetLastError");
    private static readonly delegate* unmanaged<void*, int, int, int, int, byte*, void*, void**, int> CreateDataset = (delegate* unmanaged<void*, int, int, int, int, byte*, void*, void**, int>)Function("LGBM_DatasetCreateFromMat");
    private static readonly delegate* unmanaged<void*, byte*, void*, int, int, int> SetField = (delegate* unmanaged<void*, byte*, void*, int, int, int>)Function("LGBM_DatasetSetField");
    private static readonly delegate* unmanaged<void*, int> FreeDataset = (delegate* unmanaged<void*, int>)Function("LGBM_DatasetFree");
    private static readonly delegate* unmanaged<void*, byte*, void**, int> CreateBooster = (delegate* unmanaged<void*, byte*, void**, int>)Function("LGBM_BoosterCreate");
    private static readonly delegate* unmanaged<void*, int*, int> Update = (delegate* unmanaged<void*, int*, int>)Function("LGBM_BoosterUpdateOneIter");
    private static readonly delegate* unmanaged<void*, int, int, int, long, long*, byte*, int> Save = (delegate* unmanaged<void*, int, int, int, long, long*, byte*, int>)Function("LGBM_BoosterSaveModelToString");
    private static readonly delegate* unmanaged<void*, int> FreeBooster = (delegate* unmanaged<void*, int>)Function("LGBM_BoosterFree");

    /// <summary>Trains a model and saves its text.</summary>
    /// <param name="data">The table.</param>
    /// <param name="random">The case's numbers.</param>
    /// <param name="about">What was trained.</param>
    public static byte[] Train(TrainingData data, Random random, out string about)
    {
        (string objective, LabelKind labels) = Pick(random, Objectives);
        int classes = Pick(random, 2, 3, 7);
        int rounds = Pick(random, 1, 3, 20, 60);
        string parameters = string.Join(' ', Parameters(data, random, objective, labels == LabelKind.Class ? classes : 1).Select(pair => $"{pair.Key}={pair.Value}"));
        about = $"LightGBM, {rounds} rounds, {parameters}";
        void* dataset;
        void* booster = null;
        fixed (byte* text = TrainerApi.Text(parameters))
        {
            fixed (float* rows = data.Rows)
            {
                Check(CreateDataset(rows, Single, data.Count, data.Features, 1, text, null, &dataset));
            }

            try
            {
                SetLabels(dataset, data.Labels(labels, classes), labels);
                Check(CreateBooster(dataset, text, &booster));
                int isFinished = 0;
                for (int round = 0; round < rounds && isFinished == 0; round++)
                {
                    Check(Update(booster, &isFinished));
                }

                return SaveText(booster);
            }
            finally
            {
                _ = booster == null ? 0 : FreeBooster(booster);
                _ = FreeDataset(dataset);
            }
        }
    }

    private static Dictionary<string, object> Parameters(TrainingData data, Random random, string objective, int classes)
    {
        string boosting = Pick(random, "gbdt", "gbdt", "gbdt", "gbdt", "dart", "rf", "goss");

        // Linear leaves are for neither of these; with random forests the library reads at null.
        bool isLinear = random.Next(4) == 0 && (boosting is "gbdt" or "dart") && objective != "regression_l1";
        Dictionary<string, object> parameters = new()
        {
            ["boosting"] = boosting,
            ["objective"] = objective,
            ["num_leaves"] = Pick(random, 2, 7, 31, 255, 600),
            ["learning_rate"] = Pick(random, "0.05", "0.3", "1"),
            ["min_data_in_leaf"] = Pick(random, 1, 5, 20),
            ["max_bin"] = Pick(random, 15, 63, 255),
            ["zero_as_missing"] = isLinear ? "false" : Pick(random, "false", "false", "true"),
            ["use_missing"] = Pick(random, "true", "true", "false"),
            ["linear_tree"] = isLinear ? "true" : "false",
            ["boost_from_average"] = Pick(random, "true", "false"),
            ["enable_bundle"] = Pick(random, "true", "false"),
            ["extra_trees"] = Pick(random, "true", "false"),
            ["path_smooth"] = Pick(random, 0, 5),
            ["max_cat_to_onehot"] = Pick(random, 1, 4),
            ["max_cat_threshold"] = Pick(random, 4, 32, 300),
            ["cat_smooth"] = Pick(random, 1, 10),
            ["min_data_per_group"] = Pick(random, 1, 20),
            ["xgboost_dart_mode"] = Pick(random, "true", "false"),
            ["num_class"] = classes,
            ["num_threads"] = 1,
            ["verbosity"] = -1,
            ["seed"] = random.Next(),
        };
        if (boosting == "rf")
        {
            (parameters["bagging_fraction"], parameters["bagging_freq"]) = ("0.7", 1);
        }

        if (objective == "binary")
        {
            parameters["sigmoid"] = Pick(random, "1", "0.5", "2");
        }

        if (objective == "regression")
        {
            parameters["reg_sqrt"] = Pick(random, "true", "false");
        }

        int[] categories = [.. Enumerable.Range(0, data.Features).Where(feature => data.Categories[feature] > 0)];
        if (categories.Length > 0)
        {
            parameters["categorical_feature"] = string.Join(',', categories);
        }

        return parameters;
    }

    private static void SetLabels(void* dataset, float[] labels, LabelKind kind)
    {
        fixed (float* values = labels)
        fixed (byte* field = "label\0"u8)
        {
            Check(SetField(dataset, field, values, labels.Length, Single));
        }

        if (kind == LabelKind.Grade)
        {
            int[] groups = [.. Enumerable.Repeat(10, labels.Length / 10)];
            fixed (int* sizes = groups)
            fixed (byte* field = "group\0"u8)
            {
                Check(SetField(dataset, field, sizes, groups.Length, Int32));
            }
        }
    }

    private static byte[] SaveText(void* booster)
    {
        long length;
        Check(Save(booster, 0, -1, 0, 0, &length, null));
        byte[] text = new byte[length];
        fixed (byte* bytes = text)
        {
            Check(Save(booster, 0, -1, 0, length, &length, bytes));
        }

        return text[..^1];
    }

    private static void* Function(string name) => TrainerApi.Function(NativeLibraryKind.LightGbm, name);

    private static void Check(int code) => TrainerApi.Check(code, LastError);
}
