namespace Inference.Forests;

/// <summary>How the margins of a row become its values.</summary>
internal enum TransformKind : byte
{
    /// <summary>value = margin.</summary>
    Identity,

    /// <summary>XGBoost's float32 sigmoid: <c>1 / (exp(min(-x, 88.7f)) + 1f + 1e-16f)</c>.</summary>
    XGBoostSigmoid,

    /// <summary>exp(x): Poisson, gamma, Tweedie, Cox, accelerated failure time.</summary>
    Exp,

    /// <summary>XGBoost's softmax: exp(x - max) in float32, their sum in float64, quotient in float32.</summary>
    XGBoostSoftmax,

    /// <summary>The index of the largest margin, one value per row (XGBoost multi:softmax); the first of equals.</summary>
    ArgMax,

    /// <summary>1 where the margin is above 0, else 0 (XGBoost binary:hinge).</summary>
    Hinge,

    /// <summary>The margins of a row in ascending order (XGBoost reg:quantileerror from 3.4).</summary>
    Ascending,

    /// <summary>value[0] = x[0], value[j] = value[j-1] + 1e-6f + softplus(x[j]) (XGBoost reg:expectileerror).</summary>
    ExpectileIncrements,

    /// <summary>LightGBM's sigmoid: <c>1 / (1 + exp(-Parameter * x))</c>, of every output.</summary>
    Sigmoid,

    /// <summary>LightGBM's softmax in float64: exp(x - max), sum, quotient.</summary>
    Softmax,

    /// <summary>log1p(exp(x)) (LightGBM cross_entropy_lambda).</summary>
    LogOnePlusExp,

    /// <summary>sign(x) * x^2 (LightGBM reg_sqrt).</summary>
    SignedSquare,

    /// <summary>ONNX's NONE: the scores as they are, after their expansion.</summary>
    OnnxNone,

    /// <summary>ONNX's LOGISTIC of every score, in float32.</summary>
    OnnxLogistic,

    /// <summary>ONNX's SOFTMAX, in float32 throughout.</summary>
    OnnxSoftmax,

    /// <summary>ONNX's SOFTMAX_ZERO: softmax but for scores within 1e-7 of zero.</summary>
    OnnxSoftmaxZero,

    /// <summary>ONNX's PROBIT of every score, in float32.</summary>
    OnnxProbit,
}

/// <summary>How ONNX makes two scores of the one that a classifier of two classes has.</summary>
internal enum RowExpansion : byte
{
    /// <summary>The scores are the margins.</summary>
    None,

    /// <summary>1 - x and x.</summary>
    Complement,

    /// <summary>-x and x.</summary>
    Negative,
}

/// <summary>How the margins of a row become its values: a kind and its number.</summary>
/// <param name="Kind">The function.</param>
/// <param name="Parameter">The function's number where it has one (LightGBM's sigmoid factor).</param>
internal readonly record struct OutputTransform(TransformKind Kind, double Parameter = 1)
{
    /// <summary>What ONNX's transforms do with one margin before the function.</summary>
    public RowExpansion Expansion { get; init; }

    /// <summary>Whether ONNX's values in float64 are rounded to float32 at the end.</summary>
    public bool RoundsToSingle { get; init; }

    /// <summary>The values that a row of <paramref name="outputs"/> margins becomes.</summary>
    public int ValueCount(int outputs) => Kind == TransformKind.ArgMax ? 1 : Expansion == RowExpansion.None ? outputs : 2;
}
