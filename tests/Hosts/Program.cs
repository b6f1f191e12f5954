using System;
using System.Globalization;
using Hosts;
using Inference;

// Hosts as the tests start them: some fork, some count their threads, some get no library. Says what it saw, a line for each fact; exits with 0
// where all went as its scenario expects.
return args switch
{
    ["guard", string rounds] => GuardScenario.Run(Number(rounds)),
    ["refuse", string model, string rounds] => ServingScenario.RunPredictThenFork(model, ForkPolicy.Refuse, Number(rounds)),
    ["managed", string model, string rounds] => ServingScenario.RunPredictThenFork(model, ForkPolicy.AnswerManaged, Number(rounds)),
    ["fork-first", string model, string rounds] => ServingScenario.RunForkThenPredict(model, Number(rounds)),
    ["large", string model, string loads, string forks] => LoadingScenario.Run(model, Number(loads), Number(forks)),
    ["lanes", string model, string rounds] => LanesScenario.Run(model, Number(rounds)),
    ["lazy", string xgboost, string lightGbm] => ThreadsScenario.RunLazily(xgboost, lightGbm),
    ["defaults", string xgboost, string lightGbm, string onnx] => ThreadsScenario.RunWithDefaults(xgboost, lightGbm, onnx),
    ["library", string library, string path] => LibraryScenario.Run(library, path),
    _ => Usage(),
};

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static int Usage()
{
    Console.Error.WriteLine("Hosts guard ROUNDS | refuse|managed|fork-first MODEL ROUNDS | large MODEL LOADS FORKS | lanes MODEL ROUNDS | lazy XGBOOST LIGHTGBM | defaults XGBOOST LIGHTGBM ONNX | library NAME PATH");
    return 2;
}
