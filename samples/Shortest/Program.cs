using Inference;

using Booster booster = Booster.Load("risk.ubj");    // format found from the content, managed engine
float risk = booster.Predict(row);                   // ReadOnlySpan<float>, one row of a one-output model
booster.Predict(rows, scores);                       // ReadOnlySpan<float> of whole rows in, Span<float> out

Show(risk, scores);
