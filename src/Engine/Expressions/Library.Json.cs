using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CrmFlow.Engine.Expressions;

/// <summary>JSON.parse and JSON.stringify.</summary>
internal static partial class Library
{
    private const int JsonDepth = 200;

    private static readonly NativeFunction[] JsonStatics =
    [
        new("parse", 2, (c, in _, a) =>
        {
            var value = Parse(c, Coercion.ToText(c, a.At(0)));
            return a.At(1).Kind == ValueKind.Function ? Revive(c, (FunctionObject)a[1].Reference!, Value.Undefined, "", value) : value;
        }),
        new("stringify", 3, (c, in _, a) => Stringify(c, a.At(0), a.At(1), a.At(2))),
    ];

    private static Value Parse(Context context, string json)
    {
        // the document and the values made of it
        context.Bytes(16L * json.Length);
        context.Step(json.Length / 4);
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = JsonDepth });
            return Value.From(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw Error.Syntax(context, "The text is not valid JSON");
        }
    }

    private static Value Revive(Context context, FunctionObject reviver, in Value holder, string key, in Value value)
    {
        context.Enter();
        if (value.Kind is ValueKind.Array or ValueKind.Object)
        {
            foreach (var name in OwnNames(context, value))
            {
                var revived = Revive(context, reviver, value, name.String, Members.Get(context, value, name.String));
                if (revived.Kind == ValueKind.Undefined) Members.Delete(context, value, name.String);
                else Members.Set(context, value, name, revived);
            }
        }
        var result = reviver.Invoke(context, holder, [key, value]);
        context.Leave();
        return result;
    }

    public static Value Stringify(Context context, in Value value, in Value replacer, in Value space)
    {
        var indent = space.Kind switch
        {
            ValueKind.Number => new string(' ', (int)Math.Clamp(Coercion.ToInteger(context, space), 0, 10)),
            ValueKind.String => space.String.Length > 10 ? space.String[..10] : space.String,
            _ => "",
        };
        var names = replacer.Kind == ValueKind.Array
            ? replacer.Items.Where(n => n.Kind is ValueKind.String or ValueKind.Number).Select(n => n.ToText()!).Distinct().ToList() : null;
        var writer = new JsonText(context, replacer.Kind == ValueKind.Function ? (FunctionObject)replacer.Reference! : null, names, indent);
        return writer.Write(Value.Object(("", value)), "", value) ? writer.ToString() : Value.Undefined;
    }

    /// <summary>One run of JSON.stringify.</summary>
    private sealed class JsonText(Context context, FunctionObject? replacer, List<string>? names, string indent)
    {
        private readonly StringBuilder _text = new();
        private int _depth;

        public override string ToString() => _text.ToString();

        /// <summary>Writes a value; false when it has no JSON (undefined, functions).</summary>
        public bool Write(in Value holder, string key, Value value)
        {
            context.Step();
            if (value.Kind == ValueKind.Object && value.Members.TryGetValue("toJSON", out var own) && own.Kind == ValueKind.Function)
                value = ((FunctionObject)own.Reference!).Invoke(context, value, [key]);
            else if (value.Kind == ValueKind.Date) value = ((DateObject)value.Reference!).ToIso();
            if (replacer is not null) value = replacer.Invoke(context, holder, [key, value]);
            switch (value.Kind)
            {
                case ValueKind.Undefined or ValueKind.Function: return false;
                case ValueKind.Null: Append("null"); break;
                case ValueKind.Boolean: Append(value.IsTrue ? "true" : "false"); break;
                case ValueKind.Number: Append(double.IsFinite(value.Number) ? NumberText.Of(value.Number) : "null"); break;
                case ValueKind.String: Quote(value.String); break;
                case ValueKind.Date: return Write(holder, key, ((DateObject)value.Reference!).ToIso());
                case ValueKind.Array: WriteArray(value); break;
                default: WriteObject(value); break;
            }
            return true;
        }

        private void WriteArray(in Value array)
        {
            Open('[');
            var items = array.Items;
            for (var i = 0; i < items.Count; i++)
            {
                if (i > 0) Append(",");
                NewLine();
                if (!Write(array, NumberText.Of(i), items[i])) Append("null");
            }
            Close(']', items.Count == 0);
        }

        private void WriteObject(in Value value)
        {
            Open('{');
            var isEmpty = true;
            var listed = names ?? (value.Kind == ValueKind.Object ? OwnNames(context, value).ConvertAll(n => n.String) : []);
            foreach (var name in listed)
            {
                if (value.Kind != ValueKind.Object || !value.Members.TryGetValue(name, out var member)) continue;
                var before = _text.Length;
                if (!isEmpty) Append(",");
                NewLine();
                Quote(name);
                Append(indent.Length > 0 ? ": " : ":");
                if (Write(value, name, member)) isEmpty = false;
                else _text.Length = before;
            }
            Close('}', isEmpty);
        }

        private void Open(char bracket)
        {
            context.Enter();
            if (++_depth > JsonDepth) throw Error.Type(context, "Converting circular structure to JSON");
            Append(bracket.ToString());
        }

        private void Close(char bracket, bool isEmpty)
        {
            _depth--;
            if (!isEmpty) NewLine();
            Append(bracket.ToString());
            context.Leave();
        }

        private void NewLine()
        {
            if (indent.Length == 0) return;
            Append("\n");
            for (var i = 0; i < _depth; i++) Append(indent);
        }

        private void Append(string part)
        {
            context.Bytes(2 * part.Length);
            context.TextLength(_text.Length + part.Length);
            _text.Append(part);
        }

        private void Quote(string text)
        {
            context.Step(text.Length / 16);
            var quoted = new StringBuilder(text.Length + 2).Append('"');
            for (var i = 0; i < text.Length; i++)
            {
                var c = text[i];
                switch (c)
                {
                    case '"': quoted.Append("\\\""); break;
                    case '\\': quoted.Append("\\\\"); break;
                    case '\n': quoted.Append("\\n"); break;
                    case '\r': quoted.Append("\\r"); break;
                    case '\t': quoted.Append("\\t"); break;
                    case '\b': quoted.Append("\\b"); break;
                    case '\f': quoted.Append("\\f"); break;
                    case < ' ': Escape(c); break;
                    case >= '\ud800' and <= '\udfff':
                        if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) quoted.Append(c).Append(text[++i]);
                        else Escape(c);
                        break;
                    default: quoted.Append(c); break;
                }
            }
            Append(quoted.Append('"').ToString());

            void Escape(char c) => quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }
    }
}
