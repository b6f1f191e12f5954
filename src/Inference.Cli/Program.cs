System.Console.WriteLine(typeof(Inference.Booster).Assembly.FullName);
return 2;
