namespace CrmFlow.Engine.Expressions;

/// <summary>Date. Local time is the business zone, now is the command's instant.</summary>
internal static partial class Library
{
    private static double Now(Context context) => context.Scope.Now.ToUnixTimeMilliseconds();

    private static DateObject Date(Context context, in Value self)
    {
        // looking up the zone's offset costs about as much
        context.Step(8);
        return self.Kind == ValueKind.Date ? (DateObject)self.Reference! : throw Error.Type(context, "this is not a Date object.");
    }

    private static readonly NativeFunction[] DateStatics =
    [
        new("now", 0, (c, in _, _) => Value.From(Now(c))),
        new("parse", 1, (c, in _, a) => Value.From(ParseDate(c, Coercion.ToText(c, a.At(0))))),
        new("UTC", 7, (c, in _, a) => Value.From(DateObject.Clip(FromParts(c, a)))),
    ];

    private static Value NewDate(Context context, in Value self, ReadOnlySpan<Value> args)
    {
        context.Bytes(48);
        context.Step(8);
        if (args.Length == 0) return NewDate(Now(context));
        if (args.Length > 1) return NewDate(DateObject.Clip(DateObject.ToUtc(FromParts(context, args), context.Zone)));
        var only = args[0].Kind == ValueKind.Date ? Value.From(((DateObject)args[0].Reference!).Time) : Coercion.ToPrimitive(context, args[0]);
        return NewDate(only.Kind == ValueKind.String ? ParseDate(context, only.String) : DateObject.Clip(Coercion.ToNumber(context, only)));
    }

    private static Value NewDate(double time) => Value.Make(ValueKind.Date, new DateObject(time));

    private static double ParseDate(Context context, string text)
    {
        context.Step(20);
        context.Bytes(3000);
        return DateObject.Parse(text, context.Zone);
    }

    private static double FromParts(Context context, ReadOnlySpan<Value> args)
    {
        Span<double> parts = [double.NaN, 0, 1, 0, 0, 0, 0];
        for (var i = 0; i < Math.Min(args.Length, 7); i++) parts[i] = Coercion.ToNumber(context, args[i]);
        // two digits are years of the last century
        if (Math.Truncate(parts[0]) is >= 0 and <= 99) parts[0] = 1900 + Math.Truncate(parts[0]);
        return DateObject.Make(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
    }

    private static readonly NativeFunction[] DateMethods = MakeDateMethods();

    private static NativeFunction[] MakeDateMethods()
    {
        List<NativeFunction> methods =
        [
            new("getTime", 0, (c, in self, _) => Value.From(Date(c, self).Time)),
            new("valueOf", 0, (c, in self, _) => Value.From(Date(c, self).Time)),
            new("setTime", 1, (c, in self, a) => Value.From(Date(c, self).Time = DateObject.Clip(Coercion.ToNumber(c, a.At(0))))),
            new("getTimezoneOffset", 0, (c, in self, _) =>
                Value.From(double.IsNaN(Date(c, self).Time) ? double.NaN : -DateObject.OffsetAt(Date(c, self).Time, c.Zone) / 60_000)),
            new("toLocaleString", 0, (c, in self, a) => DateForPeople(c, Date(c, self), a.At(0), a.At(1), Wanted.Both)),
            new("toLocaleDateString", 0, (c, in self, a) => DateForPeople(c, Date(c, self), a.At(0), a.At(1), Wanted.Date)),
            new("toLocaleTimeString", 0, (c, in self, a) => DateForPeople(c, Date(c, self), a.At(0), a.At(1), Wanted.Time)),
            new("toISOString", 0, (c, in self, _) => Date(c, self).ToIso() ?? throw Error.Range(c, "Invalid time value")),
            new("toJSON", 1, (c, in self, _) => Date(c, self).ToIso()),
            new("toString", 0, (c, in self, _) => c.Charged(Date(c, self).ToText(c.Zone))),
            new("toDateString", 0, (c, in self, _) => c.Charged(Date(c, self).ToDateText(c.Zone))),
            new("toTimeString", 0, (c, in self, _) => c.Charged(Date(c, self).ToTimeText(c.Zone))),
            new("toUTCString", 0, (c, in self, _) => c.Charged(Date(c, self).ToUtcText())),
        ];
        AddGetter(methods, "FullYear", p => p.Year);
        AddGetter(methods, "Month", p => p.Month);
        AddGetter(methods, "Date", p => p.Day);
        AddGetter(methods, "Day", p => p.Weekday);
        AddGetter(methods, "Hours", p => p.Hour);
        AddGetter(methods, "Minutes", p => p.Minute);
        AddGetter(methods, "Seconds", p => p.Second);
        AddGetter(methods, "Milliseconds", p => p.Millisecond);
        AddSetter(methods, "FullYear", 0, 3);
        AddSetter(methods, "Month", 1, 2);
        AddSetter(methods, "Date", 2, 1);
        AddSetter(methods, "Hours", 3, 4);
        AddSetter(methods, "Minutes", 4, 3);
        AddSetter(methods, "Seconds", 5, 2);
        AddSetter(methods, "Milliseconds", 6, 1);
        return [.. methods];
    }

    private static void AddGetter(List<NativeFunction> methods, string name, Func<DateParts, int> part)
    {
        methods.Add(new("getUTC" + name, 0, (c, in self, _) => Date(c, self).Time is var t && double.IsNaN(t) ? Value.From(t) : part(new(t))));
        methods.Add(new("get" + name, 0, (c, in self, _) =>
            Date(c, self).Time is var t && double.IsNaN(t) ? Value.From(t) : part(new(DateObject.ToLocal(t, c.Zone)))));
    }

    /// <summary>A setter replaces some of year, month, day, hour, minute, second, millisecond, from <paramref name="first"/> on.</summary>
    private static void AddSetter(List<NativeFunction> methods, string name, int first, int most)
    {
        methods.Add(new("setUTC" + name, most, (c, in self, a) => Set(c, self, a, isLocal: false)));
        methods.Add(new("set" + name, most, (c, in self, a) => Set(c, self, a, isLocal: true)));

        Value Set(Context context, in Value self, ReadOnlySpan<Value> args, bool isLocal)
        {
            var date = Date(context, self);
            Span<double> given = stackalloc double[most];
            given.Fill(double.NaN);
            var count = Math.Clamp(args.Length, 1, most);
            for (var i = 0; i < count; i++) given[i] = Coercion.ToNumber(context, args.At(i));
            var time = date.Time;
            // only setting the year revives an invalid date
            if (double.IsNaN(time) && first != 0) return Value.From(double.NaN);
            if (double.IsNaN(time)) time = 0;
            else if (isLocal) time = DateObject.ToLocal(time, context.Zone);
            var p = new DateParts(time);
            Span<double> parts = [p.Year, p.Month, p.Day, p.Hour, p.Minute, p.Second, p.Millisecond];
            given[..count].CopyTo(parts[first..]);
            var result = DateObject.Make(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
            return Value.From(date.Time = DateObject.Clip(isLocal ? DateObject.ToUtc(result, context.Zone) : result));
        }
    }
}
