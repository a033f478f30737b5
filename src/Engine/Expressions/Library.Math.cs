using System.Numerics;

namespace CrmFlow.Engine.Expressions;

internal static partial class Library
{
    private static NativeFunction OfNumber(string name, Func<double, double> body) =>
        new(name, 1, (c, in _, a) => Value.From(body(Coercion.ToNumber(c, a.At(0)))));

    private static Dictionary<string, Value> MathStatics()
    {
        var table = Values(MathFunctions);
        foreach (var (name, value) in ((string, double)[])[("E", Math.E), ("PI", Math.PI), ("LN2", 0.6931471805599453), ("LN10", 2.302585092994046),
            ("LOG2E", 1.4426950408889634), ("LOG10E", 0.4342944819032518), ("SQRT2", 1.4142135623730951), ("SQRT1_2", 0.7071067811865476)])
            table[name] = Value.From(value);
        return table;
    }

    private static readonly NativeFunction[] MathFunctions =
    [
        OfNumber("abs", Math.Abs), OfNumber("floor", Math.Floor), OfNumber("ceil", Math.Ceiling), OfNumber("trunc", Math.Truncate),
            OfNumber("round", Round),
        OfNumber("sign", x => x is 0 or double.NaN ? x : Math.Sign(x)), OfNumber("sqrt", Math.Sqrt),
            OfNumber("cbrt", x => Math.Round(Math.Cbrt(x)) is var whole && whole * whole * whole == x ? whole : Math.Cbrt(x)),
        OfNumber("exp", Math.Exp), OfNumber("expm1", x => Math.Abs(x) < 1e-5 ? x + x * x / 2 : Math.Exp(x) - 1), OfNumber("log", Math.Log),
            OfNumber("log2", Math.Log2), OfNumber("log10", Math.Log10), OfNumber("log1p", double.LogP1),
        OfNumber("sin", Math.Sin), OfNumber("cos", Math.Cos), OfNumber("tan", Math.Tan), OfNumber("asin", Math.Asin), OfNumber("acos", Math.Acos),
            OfNumber("atan", Math.Atan),
        OfNumber("sinh", Math.Sinh), OfNumber("cosh", Math.Cosh), OfNumber("tanh", Math.Tanh), OfNumber("asinh", Math.Asinh),
            OfNumber("acosh", Math.Acosh), OfNumber("atanh", Math.Atanh),
        OfNumber("fround", x => (float)x),
        new("atan2", 2, (c, in _, a) => Value.From(Math.Atan2(Coercion.ToNumber(c, a.At(0)), Coercion.ToNumber(c, a.At(1))))),
        new("pow", 2, (c, in _, a) => Value.From(Binary.Power(Coercion.ToNumber(c, a.At(0)), Coercion.ToNumber(c, a.At(1))))),
        new("imul", 2, (c, in _, a) => unchecked(Coercion.ToInt32(c, a.At(0)) * Coercion.ToInt32(c, a.At(1)))),
        new("clz32", 1, (c, in _, a) => BitOperations.LeadingZeroCount(Coercion.ToUInt32(c, a.At(0)))),
        new("hypot", 2, (c, in _, a) =>
        {
            double sum = 0;
            var infinite = false;
            foreach (var part in a)
            {
                var x = Coercion.ToNumber(c, part);
                infinite |= double.IsInfinity(x);
                sum += x * x;
            }
            return Value.From(infinite ? double.PositiveInfinity : Math.Sqrt(sum));
        }),
        new("max", 2, (c, in _, a) => Extreme(c, a, double.NegativeInfinity, Math.Max)),
        new("min", 2, (c, in _, a) => Extreme(c, a, double.PositiveInfinity, Math.Min)),
        new("random", 0, (c, in _, _) => Value.From(c.Random())),
    ];

    private static Value Extreme(Context context, ReadOnlySpan<Value> args, double start, Func<double, double, double> choose)
    {
        context.Step(args.Length);
        foreach (var arg in args) start = choose(start, Coercion.ToNumber(context, arg));
        return Value.From(start);
    }

    /// <summary>Halves go up, also below zero; what rounds to zero keeps its sign.</summary>
    private static double Round(double x)
    {
        if (!double.IsFinite(x) || Math.Abs(x) >= 4503599627370496) return x;
        var floor = Math.Floor(x);
        return Math.CopySign(x - floor >= 0.5 ? floor + 1 : floor, x);
    }
}
