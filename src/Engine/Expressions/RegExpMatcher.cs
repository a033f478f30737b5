namespace CrmFlow.Engine.Expressions;

/// <summary>
/// Runs the patterns that look ahead, which the linear engine cannot: by backtracking, where every instruction is a step of the program and every
/// byte of the stack is counted, so that a pattern that tries endlessly meets the limit on steps.
/// </summary>
internal sealed class RegExpMatcher
{
    private readonly RegExpCode _code;

    private RegExpMatcher(RegExpCode code) => _code = code;

    /// <summary>Compiles a pattern whose syntax the translator has checked. Throws <see cref="RegExpRefusal"/>.</summary>
    public static RegExpMatcher Compile(string source, string flags) => new(new RegExpCompiler(source, flags).Compile());

    /// <summary>The first match at or after a place; null when there is none. Groups that took part have their text.</summary>
    public RegExpMatch? Match(Context context, string text, int from)
    {
        var run = new Run(context, _code, text);
        for (var start = from; start <= text.Length; start++)
        {
            var end = run.Execute(0, start);
            if (end < 0) continue;
            var groups = new string?[_code.Groups];
            for (var i = 0; i < groups.Length; i++)
            {
                if (run.Slots[2 * i + 1] is >= 0 and var last) groups[i] = context.Charged(text[run.Slots[2 * i]..last]);
            }
            return new(start, context.Charged(text[start..end]), groups);
        }
        return null;
    }

    /// <summary>One search: where groups begin and end, the places to come back to, and what to take back on the way.</summary>
    private sealed class Run(Context context, RegExpCode code, string text)
    {
        private readonly Stack<(int At, int Position, int Trail)> _places = new();
        private readonly Stack<(int Slot, int Value)> _trail = new();
        private int _charged;

        public int[] Slots { get; } = [.. Enumerable.Repeat(-1, code.Slots)];

        /// <summary>The end of the match that begins here; -1 when there is none, and then no slot has changed.</summary>
        public int Execute(int at, int position)
        {
            var (places, trail) = (_places.Count, _trail.Count);
            while (true)
            {
                context.Step();
                var instruction = code.Instructions[at];
                var goesOn = true;
                switch (instruction.Operation)
                {
                    case RegExpOperation.Set:
                        goesOn = position < text.Length && code.Sets[instruction.A].Contains(text[position]);
                        position++;
                        break;
                    case RegExpOperation.Split:
                        Remember(instruction.B, position);
                        at = instruction.A;
                        continue;
                    case RegExpOperation.Jump:
                        at = instruction.A;
                        continue;
                    case RegExpOperation.Save: Write(instruction.A, position); break;
                    case RegExpOperation.Clear:
                        for (var slot = instruction.A; slot < instruction.B; slot++) Write(slot, -1);
                        break;
                    case RegExpOperation.Moved: goesOn = Slots[instruction.A] != position; break;
                    case RegExpOperation.Begin: goesOn = position == 0 || instruction.A != 0 && IsLineEnd(text[position - 1]); break;
                    case RegExpOperation.End: goesOn = position == text.Length || instruction.A != 0 && IsLineEnd(text[position]); break;
                    case RegExpOperation.Boundary: goesOn = (IsWord(position - 1) != IsWord(position)) == (instruction.A != 0); break;
                    case RegExpOperation.Look:
                        var before = _trail.Count;
                        var found = Execute(at + 1, position) >= 0;
                        goesOn = found == (instruction.B != 0);
                        if (found && instruction.B == 0) Undo(before);
                        if (!goesOn) break;
                        at = instruction.A;
                        continue;
                    default: // the end of the pattern or of what was looked for: its other ways are not tried any more
                        while (_places.Count > places) _places.Pop();
                        return position;
                }
                if (goesOn)
                {
                    at++;
                    continue;
                }
                if (_places.Count == places)
                {
                    Undo(trail);
                    return -1;
                }
                (at, position, var mark) = _places.Pop();
                Undo(mark);
            }
        }

        private void Remember(int at, int position)
        {
            _places.Push((at, position, _trail.Count));
            Charge();
        }

        private void Write(int slot, int value)
        {
            context.Step();
            _trail.Push((slot, Slots[slot]));
            Slots[slot] = value;
            Charge();
        }

        private void Undo(int mark)
        {
            while (_trail.Count > mark)
            {
                var (slot, value) = _trail.Pop();
                Slots[slot] = value;
            }
        }

        /// <summary>The stacks double when they grow, so twice their most is what they took.</summary>
        private void Charge()
        {
            var size = _places.Count + _trail.Count;
            if (size <= _charged) return;
            context.Bytes(32L * 256);
            _charged += 256;
        }

        private bool IsWord(int position) => position >= 0 && position < text.Length
            && (char.IsAsciiLetterOrDigit(text[position]) || text[position] == '_');

        private static bool IsLineEnd(char c) => c is '\n' or '\r' or '\u2028' or '\u2029';
    }
}

/// <summary>What an instruction does with its A and B.</summary>
internal enum RegExpOperation : byte
{
    /// <summary>One character of set A.</summary>
    Set,
    /// <summary>On at A, and should that fail at B.</summary>
    Split,
    Jump,
    /// <summary>Writes the position into slot A.</summary>
    Save,
    /// <summary>Empties the slots from A to before B: a repetition forgets the groups of its last turn.</summary>
    Clear,
    /// <summary>Goes on only when the position is no longer that of slot A: a turn that took nothing does not repeat.</summary>
    Moved,
    Begin,
    End,
    Boundary,
    /// <summary>Tries what follows up to its <see cref="Match"/> without moving, then goes on at A; B is 0 when it must not match.</summary>
    Look,
    Match,
}

internal readonly record struct RegExpInstruction(RegExpOperation Operation, int A = 0, int B = 0);

/// <summary>A compiled pattern: two slots for each group, then those of the loops.</summary>
internal sealed record RegExpCode(RegExpInstruction[] Instructions, RegExpSet[] Sets, int Groups, int Slots);
