namespace CrmFlow.Engine.Expressions;

/// <summary>A piece of a template: text, output or tag.</summary>
internal abstract class LiquidNode
{
    public abstract void Render(LiquidFrame frame);
}

internal sealed class LiquidText(string text) : LiquidNode
{
    public override void Render(LiquidFrame frame) => frame.Write(text);
}

/// <summary><c>{{ value | filters }}</c></summary>
internal sealed class LiquidOutput(LiquidValue value) : LiquidNode
{
    public override void Render(LiquidFrame frame) => frame.Write(LiquidValues.Text(frame.Context, value.Evaluate(frame)));
}

internal sealed class LiquidAssign(string name, LiquidValue value) : LiquidNode
{
    public override void Render(LiquidFrame frame) => frame.Assign(name, value.Evaluate(frame));
}

internal sealed class LiquidCapture(string name, LiquidNode[] body) : LiquidNode
{
    public override void Render(LiquidFrame frame) => frame.Assign(name, frame.Capture(body));
}

/// <param name="Condition">Null for else.</param>
internal sealed record LiquidBranch(LiquidValue? Condition, LiquidNode[] Body);

/// <summary><c>if</c>, <c>unless</c> and their <c>elsif</c> and <c>else</c>.</summary>
internal sealed class LiquidIf(LiquidBranch[] branches) : LiquidNode
{
    public override void Render(LiquidFrame frame)
    {
        foreach (var (condition, body) in branches)
        {
            frame.Context.Step();
            if (condition is not null && !LiquidValues.IsTrue(condition.Evaluate(frame))) continue;
            frame.Run(body);
            return;
        }
    }
}

/// <param name="Values">Null for else.</param>
internal sealed record LiquidWhen(LiquidValue[]? Values, LiquidNode[] Body);

internal sealed class LiquidCase(LiquidValue subject, LiquidWhen[] whens) : LiquidNode
{
    public override void Render(LiquidFrame frame)
    {
        var value = subject.Evaluate(frame);
        var found = false;
        foreach (var (values, body) in whens)
        {
            frame.Context.Step();
            if (values is null ? found : !Array.Exists(values, v => LiquidValues.AreEqual(frame.Context, value, v.Evaluate(frame)))) continue;
            found = true;
            frame.Run(body);
            if (frame.Leaving != LiquidLeave.Nothing) return;
        }
    }
}

internal sealed class LiquidFor(string name, LiquidValue list, LiquidValue? limit, LiquidValue? offset, bool isReversed, LiquidNode[] body,
    LiquidNode[] otherwise) : LiquidNode
{
    public override void Render(LiquidFrame frame)
    {
        var items = LiquidValues.Items(frame.Context, list.Evaluate(frame));
        var from = offset is null ? 0 : (int)Math.Clamp(LiquidValues.Number(frame.Context, offset.Evaluate(frame)), 0, items.Count);
        var count = items.Count - from;
        if (limit is not null)
        {
            var most = LiquidValues.Number(frame.Context, limit.Evaluate(frame));
            count = (int)Math.Clamp(most < 0 ? count + most : most, 0, count); // below 0 it leaves out that many at the end
        }
        if (count == 0)
        {
            frame.Run(otherwise);
            return;
        }
        var loop = frame.Loop = new LiquidLoop(name, count, frame.Loop);
        for (loop.Index = 0; loop.Index < count && frame.Leaving != LiquidLeave.Break; loop.Index++)
        {
            frame.Context.Step();
            frame.Leaving = LiquidLeave.Nothing;
            loop.Current = items[from + (isReversed ? count - 1 - loop.Index : loop.Index)];
            frame.Run(body);
        }
        frame.Leaving = LiquidLeave.Nothing;
        frame.Loop = loop.Parent;
    }
}

/// <summary><c>break</c> and <c>continue</c>; outside of a loop they end the text.</summary>
internal sealed class LiquidLeaveTag(LiquidLeave how) : LiquidNode
{
    public override void Render(LiquidFrame frame) => frame.Leaving = how;
}
