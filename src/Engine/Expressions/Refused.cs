namespace CrmFlow.Engine.Expressions;

/// <summary>What is outside the grammar and what to write instead. The table of docs/expressions.md.</summary>
internal static class Refused
{
    private static readonly Dictionary<string, string> Keywords = new()
    {
        ["class"] = "Classes are not in the grammar; write a function that returns an object",
        ["async"] = "Asynchronous functions are not in the grammar; an expression has its values at hand, leave out async",
        ["await"] = "await is not in the grammar; an expression has its values at hand, leave it out",
        ["yield"] = "Generators are not in the grammar; collect the items in an array",
        ["import"] = "Modules are not in the grammar; everything an expression may use is there by name",
        ["export"] = "Modules are not in the grammar; return the value",
        ["with"] = "with is not in the grammar; use a const for the object",
        ["debugger"] = "debugger is not in the grammar; leave it out",
        ["super"] = "Classes are not in the grammar; write a function that returns an object",
        ["enum"] = "enum is a reserved word",
    };

    private static readonly Dictionary<string, string> Names = new()
    {
        ["eval"] = "eval is not in the grammar; write the expression itself",
        ["Function"] = "Functions cannot be made from text; write a function or an arrow",
        ["Promise"] = "Promises are not in the grammar; an expression has its values at hand",
        ["Symbol"] = "Symbols are not in the grammar; use a string as the key",
        ["BigInt"] = "BigInt is not in the grammar; use numbers",
        ["Proxy"] = "Proxy is not in the grammar; use a plain object",
        ["Reflect"] = "Reflect is not in the grammar; use Object.keys, in and []",
        ["WeakMap"] = "WeakMap is not in the grammar; use Map",
        ["WeakSet"] = "WeakSet is not in the grammar; use Set",
        ["WeakRef"] = "WeakRef is not in the grammar; use a variable",
        ["Intl"] = "Intl is not in the grammar; use toLocaleString and localeCompare",
        ["globalThis"] = "There is no global object; use names directly",
        ["window"] = "There is no global object; use names directly",
        ["global"] = "There is no global object; use names directly",
        ["self"] = "There is no global object; use names directly",
        ["process"] = "An expression cannot reach the host process",
        ["require"] = "Modules are not in the grammar; everything an expression may use is there by name",
        ["module"] = "Modules are not in the grammar; return the value",
        ["exports"] = "Modules are not in the grammar; return the value",
        ["console"] = "There is no console; use a WriteLine activity",
        ["setTimeout"] = "Timers are not in the grammar; use a Delay activity",
        ["setInterval"] = "Timers are not in the grammar; use a Timer activity",
        ["fetch"] = "An expression cannot call out; use a SendHttpRequest activity",
        ["XMLHttpRequest"] = "An expression cannot call out; use a SendHttpRequest activity",
        ["arguments"] = "arguments is not in the grammar; declare a rest parameter (...items)",
        ["this"] = "this has no meaning outside a function; use names directly",
        ["DateTime"] = "CLR types are not available; use new Date()",
        ["DateTimeOffset"] = "CLR types are not available; use new Date()",
        ["TimeSpan"] = "CLR types are not available; compute with milliseconds, or write the duration as text ('01:00:00')",
        ["Guid"] = "CLR types are not available; use newGuid()",
        ["Random"] = "CLR types are not available; use Math.random()",
        ["getConfig"] = "Configuration is not available to expressions; give the value as a workflow input",
        ["getSecret"] = "Secrets are not available to expressions; name the secret in the activity that uses it",
        ["setOutcome"] = "setOutcome has a meaning in RunJavaScript only; connect a FlowDecision or FlowSwitch instead",
        ["setOutcomes"] = "setOutcomes has a meaning in RunJavaScript only; connect a FlowSwitch instead",
        ["streamToBytes"] = "There are no streams in variables; files are attachments",
        ["streamToBase64"] = "There are no streams in variables; files are attachments",
        ["_"] = "lodash is not available; use the methods of arrays and objects",
        ["moment"] = "moment is not available; use Date",
        ["Buffer"] = "Buffer is not available; use bytesFromString and bytesToBase64",
        ["ArrayBuffer"] = "Typed arrays are not in the grammar; use an array of numbers",
        ["Uint8Array"] = "Typed arrays are not in the grammar; use an array of numbers",
        ["escape"] = "escape is not in the grammar; use encodeURIComponent",
        ["unescape"] = "unescape is not in the grammar; use decodeURIComponent",
    };

    private static readonly HashSet<string> Reserved =
    [
        "break", "case", "catch", "const", "continue", "default", "delete", "do", "else", "false", "finally", "for", "function", "if", "in",
        "instanceof", "let", "new", "null", "return", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while",
    ];

    private static readonly HashSet<string> HiddenMembers =
        ["__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "constructor", "prototype"];

    public static string? Keyword(string name) => Keywords.GetValueOrDefault(name);
    public static bool IsReserved(string name) => Reserved.Contains(name) || Keywords.ContainsKey(name);

    /// <summary>Names with a reason of their own, which look like generated accessors (<c>getConfig</c>) but are none.</summary>
    public static bool IsKnownName(string name) => Names.ContainsKey(name);

    public static string Name(string name) => Names.TryGetValue(name,
        out var reason) ? reason
        : $"'{name}' is not known here; declare it with const or let, or read it with variables.{name} or getInput('{name}')";

    public static string? MemberName(string name) =>
        name is "toLocaleUpperCase" or "toLocaleLowerCase"
            ? $"{name} depends on a language and is not in the grammar; use {(name.Contains("Upper", StringComparison.Ordinal) ? "toUpperCase" : "toLowerCase")}"
        : HiddenMembers.Contains(name) ? $"'{name}' is not in the grammar; objects here have no prototype and no constructor"
        : null;
}
