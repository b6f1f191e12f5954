namespace Inference.Forests;

/// <summary>XGBoost's linear booster: margin[o] = bias[o] + base[o] + sum over features of x[f] * weight[f, o], in float32.</summary>
/// <param name="Weights">Row-major (feature, output); missing features add nothing.</param>
/// <param name="Bias">One per output.</param>
internal sealed record LinearModel(float[] Weights, float[] Bias);
