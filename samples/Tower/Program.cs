using System;
using System.Collections.Generic;
using System.Globalization;
using Inference;

// The README's example of a graph that is no tree ensemble: the user's half of a recommender, ids and numbers in, a unit
// vector out. It is started in the folder of the sample models.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
long[] ids = [186, 2, 35, 367, 2, 31];
float[] dense = [2.3242302f, -1.3918462f, -0.435032f, -0.61659247f, 2.2603447f, 0.72194284f, -1.1326668f, -0.7783803f, 1.739767f, 0.52280676f, -0.1683693f, 0.14424105f];

using OnnxSession session = OnnxSession.Load("user-tower.onnx");
Console.WriteLine(string.Join("; ", session.Inputs));         // ids: Int64 [rows, 3]; dense: Single [rows, 6]

using OnnxBinding binding = session.Bind();                   // one for each worker; warm runs allocate nothing
binding.SetInput<long>("ids", ids, [2, 3]);
binding.SetInput<float>("dense", dense);                      // the shape may be left out where one dimension is open
binding.Run();
ReadOnlySpan<float> vectors = binding.Output<float>("embedding", out ReadOnlySpan<int> shape);   // [2, 32], not copied

// The same in one call, for code that runs rarely.
IReadOnlyDictionary<string, OnnxTensor> outputs = session.Run(new Dictionary<string, OnnxTensor>
{
    ["ids"] = OnnxTensor.Of(ids, 2, 3),
    ["dense"] = OnnxTensor.Of(dense, 2, 6),
});

Console.WriteLine($"{shape[0]} rows of {shape[1]}; equal: {vectors.SequenceEqual(outputs["embedding"].ToArray<float>())}");
foreach (float value in vectors)
{
    Console.WriteLine(value);
}
