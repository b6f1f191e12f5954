using System;
using System.IO;
using System.Linq;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>Every way to predict works in the same scratch memory: none may rely on what another one, of this model or the next, has left there.</summary>
public sealed class SharedScratchTests
{
    private static readonly string[] Models = ["xgboost-3.4.1/softprob/model.ubj", "lightgbm-4.1.0.99/categorical/model.txt"];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(300)]
    public void One_model_answers_in_turns(int rows)
    {
        foreach (string model in Models)
        {
            using Subject subject = new(model, rows);
            for (int round = 0; round < 3; round++)
            {
                subject.Explain();
                subject.FindLeaves();
                subject.Explain();
                subject.Score();
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(300)]
    public void Two_models_answer_in_turns(int rows)
    {
        Subject[] subjects = [.. Models.Select(model => new Subject(model, rows))];
        for (int round = 0; round < 3; round++)
        {
            Array.ForEach(subjects, subject => subject.Explain());
            Array.ForEach(subjects, subject => subject.FindLeaves());
            Array.ForEach(subjects, subject => subject.Explain());
            Array.ForEach(subjects, subject => subject.Score());
        }

        Array.ForEach(subjects, subject => subject.Dispose());
    }

    /// <summary>A model, rows, and the reference's answers.</summary>
    private sealed class Subject : IDisposable
    {
        private readonly string _model;
        private readonly Booster _managed;
        private readonly float[] _rows;
        private readonly double[] _contributions;
        private readonly int[] _leaves;
        private readonly double[] _margins;

        public Subject(string model, int rows)
        {
            _model = model;
            string path = Path.Combine(Repository.Fixtures, model);
            _managed = Booster.Load(path, new BoosterOptions { Engine = EngineKind.Managed });
            _rows = new float[rows * _managed.Info.Features.Count];
            _managed.FillProbeRows(_rows, seed: rows);
            using Booster reference = Booster.Load(path, new BoosterOptions { Engine = EngineKind.Reference });
            _contributions = Contributions(reference);
            _leaves = Leaves(reference);
            _margins = Margins(reference);
        }

        public void Explain() => Bits.Equal(_contributions, Contributions(_managed), $"{_model}: contributions");

        public void FindLeaves() => Assert.Equal(_leaves, Leaves(_managed));

        public void Score() => Bits.Equal(_margins, Margins(_managed), $"{_model}: margins");

        public void Dispose() => _managed.Dispose();

        private double[] Contributions(Booster booster)
        {
            double[] contributions = new double[Length(booster, PredictionKind.Contribution)];
            booster.PredictContributions(_rows, contributions);
            return contributions;
        }

        private int[] Leaves(Booster booster)
        {
            int[] leaves = new int[Length(booster, PredictionKind.Leaf)];
            booster.PredictLeaf(_rows, leaves);
            return leaves;
        }

        private double[] Margins(Booster booster)
        {
            double[] margins = new double[Length(booster, PredictionKind.Margin)];
            booster.PredictMargin(_rows, margins);
            return margins;
        }

        private int Length(Booster booster, PredictionKind kind) => booster.GetOutputLength(_rows.Length / booster.Info.Features.Count, kind);
    }
}
