using System.Buffers.Text;
using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>
/// Elsa's functions (elsa-format §6.1): the ones with fixed names, and those generated from the names of variables, inputs and outputs.
/// <c>formatMoney</c> is ours: Elsa writes amounts with a locale, which no result here depends on. <c>bilingual</c> is ours: words stored in both
/// languages and shown in the reader's (<see cref="Phrase"/>).
/// </summary>
internal static class Accessors
{
    public static readonly NativeFunction[] Functions =
    [
        new("getWorkflowDefinitionId", 0, (c, in _, _) => c.Scope.DefinitionId),
        new("getWorkflowDefinitionVersionId", 0, (c, in _, _) => c.Scope.DefinitionVersionId),
        new("getWorkflowDefinitionVersion", 0, (c, in _, _) => c.Scope.DefinitionVersion),
        new("getWorkflowInstanceId", 0, (c, in _, _) => c.Scope.InstanceId),
        new("getCorrelationId", 0, (c, in _, _) => c.CorrelationId),
        new("setCorrelationId", 1, (c, in _, a) => Nothing(c.CorrelationId = OptionalText(c, a.At(0)))),
        new("getWorkflowInstanceName", 0, (c, in _, _) => c.InstanceName),
        new("setWorkflowInstanceName", 1, (c, in _, a) => Nothing(c.InstanceName = OptionalText(c, a.At(0)))),
        new("getVariable", 1, (c, in _, a) => c.ReadVariable(Coercion.ToText(c, a.At(0)))),
        new("setVariable", 2, (c, in _, a) =>
        {
            c.WriteVariable(Coercion.ToText(c, a.At(0)), a.At(1));
            return Value.Undefined;
        }),
        new("getInput", 1, (c, in _, a) => c.CopyIn(c.Scope.GetInput(Coercion.ToText(c, a.At(0))))),
        new("getOutputFrom", 2, (c, in _, a) => c.CopyIn(c.Scope.GetOutputFrom(Coercion.ToText(c, a.At(0)), OptionalText(c, a.At(1))))),
        new("getLastResult", 0, (c, in _, _) => c.CopyIn(c.Scope.GetLastResult())),
        new("isNullOrEmpty", 1, (c, in _, a) => a.At(0).IsNothing || Coercion.ToText(c, a[0]).Length == 0),
        new("isNullOrWhiteSpace", 1, (c, in _, a) => a.At(0).IsNothing || string.IsNullOrWhiteSpace(Coercion.ToText(c, a[0]))),
        new("toJson", 1, (c, in _, a) => Library.Stringify(c, a.At(0), default, default)),
        new("formatMoney", 1, (c, in _, a) => a.At(0).IsNothing ? "" : c.Charged(NumberText.Money(Coercion.ToNumber(c, a[0])))),
        new("bilingual", 2, (c, in _, a) => c.Charged(Phrase.Both(OptionalText(c, a.At(0)) ?? "", OptionalText(c, a.At(1))))),
        new("parseGuid", 1, (c, in _, a) =>
            Guid.TryParse(Coercion.ToText(c, a.At(0)), out var id) ? Value.From(id) : throw Error.Type(c, "The text is not a GUID")),
        new("newGuid", 0, (c, in _, _) => c.Charged(c.Scope.NewId().ToString())),
        new("newGuidString", 0, (c, in _, _) => c.Charged(c.Scope.NewId().ToString())),
        new("getGuidString", 0, (c, in _, _) => c.Charged(c.Scope.NewId().ToString())),
        new("newShortGuid", 0, (c, in _, _) => c.Charged(Base64Url.EncodeToString(c.Scope.NewId().ToByteArray()))),
        new("getShortGuid", 0, (c, in _, _) => c.Charged(Base64Url.EncodeToString(c.Scope.NewId().ToByteArray()))),
        new("bytesFromString", 1, (c, in _, a) => FromBytes(c, Utf8(c, a.At(0)))),
        new("bytesToString", 1, (c, in _, a) => c.Charged(Encoding.UTF8.GetString(ToBytes(c, a.At(0))))),
        new("bytesToBase64", 1, (c, in _, a) => c.Charged(Convert.ToBase64String(ToBytes(c, a.At(0))))),
        new("bytesFromBase64", 1, (c, in _, a) => FromBytes(c, Base64(c, a.At(0)))),
        new("stringToBase64", 1, (c, in _, a) => c.Charged(Convert.ToBase64String(Utf8(c, a.At(0))))),
        new("stringFromBase64", 1, (c, in _, a) => c.Charged(Encoding.UTF8.GetString(Base64(c, a.At(0))))),
    ];

    /// <summary>
    /// The function of a name such as <c>getTheSum</c>, <c>setTheSum</c> or <c>getResultFromReview</c>; which it is, the scope tells when it is
    /// called.
    /// </summary>
    public static FunctionObject? Generated(string name)
    {
        if (name.Length < 4 || char.IsLower(name[3])) return null;
        return name.StartsWith("get", StringComparison.Ordinal) ? new Getter(name) : name.StartsWith("set", StringComparison.Ordinal)
            ? new Setter(name) : null;
    }

    private static Value Nothing(string? unused) => Value.Undefined;
    private static string? OptionalText(Context context, in Value value) => value.IsNothing ? null : Coercion.ToText(context, value);

    private static byte[] Utf8(Context context, in Value value)
    {
        var text = Library.ToWellFormed(Coercion.ToText(context, value));
        context.Text(2L * text.Length);
        context.Step(1 + text.Length / 64);
        return Encoding.UTF8.GetBytes(text);
    }

    private static byte[] Base64(Context context, in Value value)
    {
        var text = Coercion.ToText(context, value);
        context.Text(text.Length);
        context.Step(1 + text.Length / 64);
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw Error.Type(context, "The text is not base64");
        }
    }

    private static Value FromBytes(Context context, byte[] bytes)
    {
        context.Step(bytes.Length);
        context.Items(bytes.Length, bytes.Length);
        return Value.List(bytes.Select(b => Value.From((double)b)));
    }

    private static byte[] ToBytes(Context context, in Value value)
    {
        if (value.Kind != ValueKind.Array) throw Error.Type(context, "Bytes are an array of numbers");
        context.Step(value.Items.Count);
        context.Bytes(value.Items.Count);
        var bytes = new byte[value.Items.Count];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)Coercion.ToInt32(context, value.Items[i]);
        return bytes;
    }

    /// <summary>The name as written behind get or set, and with a small first letter: variables are named either way.</summary>
    private static IEnumerable<string> Spellings(string name) => char.IsUpper(name[0]) ? [name, char.ToLowerInvariant(name[0]) + name[1..]] : [name];

    private sealed class Getter(string name) : FunctionObject
    {
        public override string Name => name;
        public override int Length => 0;

        public override Value Invoke(Context context, in Value self, ReadOnlySpan<Value> args)
        {
            context.Step();
            var what = name[3..];
            foreach (var spelling in Spellings(what))
            {
                if (context.HasVariable(spelling)) return context.ReadVariable(spelling);
                if (context.Scope.HasInput(spelling)) return context.CopyIn(context.Scope.GetInput(spelling));
                if (context.Host.Arguments is { } arguments && arguments.TryGetValue(spelling, out var argument)) return context.CopyIn(argument);
            }
            var isOutput = false;
            for (var at = what.IndexOf("From", 1, StringComparison.Ordinal);
                at > 0 && at + 4 < what.Length; at = what.IndexOf("From", at + 1, StringComparison.Ordinal))
            {
                isOutput = true;
                foreach (var activity in Spellings(what[(at + 4)..]))
                {
                    foreach (var output in Spellings(what[..at]))
                    {
                        var value = context.Scope.GetOutputFrom(activity, output);
                        if (value.Kind != ValueKind.Undefined) return context.CopyIn(value);
                    }
                }
            }
            return isOutput ? Value.Undefined
                : throw Error.Of(context, "ReferenceError", $"{name} is not defined: there is no variable or input '{what}'");
        }
    }

    private sealed class Setter(string name) : FunctionObject
    {
        public override string Name => name;
        public override int Length => 1;

        public override Value Invoke(Context context, in Value self, ReadOnlySpan<Value> args)
        {
            context.Step();
            var what = name[3..];
            var variable = Spellings(what).FirstOrDefault(context.HasVariable)
                ?? throw Error.Of(context, "ReferenceError", $"{name} is not defined: there is no variable '{what}'");
            context.WriteVariable(variable, args.At(0));
            return Value.Undefined;
        }
    }
}
