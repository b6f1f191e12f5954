using System;
using System.Collections.Generic;
using System.Text;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>Writes XGBoost's old binary format, by the structs of 0.90 (src/learner.cc, src/gbm/gbtree_model.h, include/xgboost/tree_model.h).</summary>
internal sealed class OldBinary
{
    private readonly List<byte> _content = [];

    public byte[] Bytes => [.. _content];

    /// <summary>LearnerModelParam and the two names. Version 0.0 is what releases before 1.0 leave there.</summary>
    public OldBinary Head(float baseScore, int features, string objective, string booster, int classes = 0, bool attributes = false, int major = 0, int minor = 0)
    {
        Write(baseScore);
        Write(features);
        Write(classes);
        Write(attributes ? 1 : 0);
        Write(0);
        Write(major);
        Write(minor);
        Zeros(27);
        return Text(objective).Text(booster);
    }

    /// <summary>GBTreeModelParam.</summary>
    public OldBinary TreeModel(int trees, int roots = 1)
    {
        Write(trees);
        Write(roots);
        Zeros(38);
        return this;
    }

    /// <summary>A tree of one split, feature 0 below a threshold, and two leaves; missing goes left.</summary>
    public OldBinary Stump(float threshold, float left, float right)
    {
        TreeHead(3);
        Node(-1, 1, 2, 0x8000_0000, threshold);
        Node(0, -1, -1, 0, left);
        Node(0, -1, -1, 0, right);
        for (int i = 0; i < 3; i++)
        {
            Write(i == 0 ? 4f : 0f);
            Write(i == 0 ? 10f : 5f);
            Zeros(2);
        }

        return this;
    }

    public OldBinary TreeHead(int nodes, int roots = 1)
    {
        Write(roots);
        Write(nodes);
        Zeros(35);
        return this;
    }

    public OldBinary Integers(params int[] values)
    {
        foreach (int value in values)
        {
            Write(value);
        }

        return this;
    }

    /// <summary>GBLinearModelParam.</summary>
    public OldBinary LinearModel(int features, int outputs)
    {
        Write(features);
        Write(outputs);
        Zeros(32);
        return this;
    }

    public OldBinary Floats(params float[] values)
    {
        Write(values.LongLength);
        foreach (float value in values)
        {
            Write(value);
        }

        return this;
    }

    public OldBinary Attributes(params KeyValuePair<string, string>[] attributes)
    {
        Write(attributes.LongLength);
        foreach ((string name, string value) in attributes)
        {
            Text(name).Text(value);
        }

        return this;
    }

    public OldBinary Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Write(bytes.LongLength);
        _content.AddRange(bytes);
        return this;
    }

    private void Node(int parent, int left, int right, uint split, float value)
    {
        Write(parent);
        Write(left);
        Write(right);
        Write(split);
        Write(value);
    }

    private void Write(int value) => _content.AddRange(BitConverter.GetBytes(value));

    private void Write(uint value) => _content.AddRange(BitConverter.GetBytes(value));

    private void Write(long value) => _content.AddRange(BitConverter.GetBytes(value));

    private void Write(float value) => _content.AddRange(BitConverter.GetBytes(value));

    private void Zeros(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Write(0);
        }
    }
}
