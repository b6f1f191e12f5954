using System;
using System.Globalization;
using Forking;

// A host that forks after it has used .NET and native code, as the tests start it. Says what it saw, a line for each
// fact; exits with 0 where all went as its scenario expects.
string scenario = args is [string first, ..] ? first : "";
int rounds = args is [_, string second, ..] ? int.Parse(second, CultureInfo.InvariantCulture) : 1;
return scenario switch
{
    "guard" => GuardScenario.Run(rounds),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Forking guard [ROUNDS]");
    return 2;
}
