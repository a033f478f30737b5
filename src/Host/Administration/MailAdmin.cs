using CrmFlow.Runtime;

namespace CrmFlow.Host.Administration;

/// <summary>The mail server as configured, without what is secret about it.</summary>
/// <param name="SignIn"><c>none</c>, <c>password</c>, <c>token</c> or <c>token-file</c>.</param>
/// <param name="Fault">Why nothing can be sent; null when something can be tried.</param>
internal sealed record MailFacts(string? Host, int Port, MailSecurity Security, string? From, string? User, string SignIn, Problem? Fault)
{
    public string? TokenFile { get; init; }
    public string? CaFile { get; init; }

    /// <summary>Whoever listens on the way learns the password.</summary>
    public bool SignsInOpenly => User is not null && Security == MailSecurity.None;
}

/// <summary>
/// What administrators see of the way mails leave, and the mail by which they try it. The settings themselves are read at start, from files and the
/// environment.
/// </summary>
internal sealed class MailAdmin(
    WorkflowRuntime runtime, MailSettings settings, IMailTransport transport, Texts texts, TimeProvider clock, ILogger<MailAdmin> log)
{
    private static readonly Operation Read = new("Host.ReadMailSettings", SettingsAdmin.Access);
    private static readonly Operation Test = new("Host.SendTestMail", SettingsAdmin.Access);

    /// <summary>Somebody sits and waits for it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public Task<Result<MailFacts>> ReadAsync(Actor actor, CancellationToken ct) => runtime.ReadAsync<MailFacts>(Read, actor, _ =>
    {
        var from = settings.From is { } box ? $"{box.Name} <{box.Address}>".TrimStart() : null;
        var signIn = settings.TokenFile is not null ? "token-file" : settings.UsesToken ? "token" : settings.User is not null ? "password" : "none";
        return Task.FromResult<Result<MailFacts>>(
            new MailFacts(settings.Host, settings.Port, settings.Security, from, settings.User, signIn, settings.Fault)
        {
            TokenFile = settings.TokenFile, CaFile = settings.CaFile,
        });
    }, ct);

    /// <summary>Sends one mail the way all go, at once and not through the outbox. Refused with what the server said.</summary>
    public async Task<Result> TestAsync(Actor actor, string? to, Guid operationId, CancellationToken ct)
    {
        var address = to?.Trim();
        var asked = await runtime.ExecuteAsync(Test, actor, operationId, new { to = address }, cmd =>
        {
            if (!Mail.IsAddress(address)) return Task.FromResult<Result>(new TestAddressInvalid(address));
            if (settings.Fault is { } fault) return Task.FromResult<Result>(fault);
            cmd.Audit("mail.test", operationId, null, new { To = address });
            return Task.FromResult(Result.Ok);
        }, ct);
        if (asked.Failed) return asked;

        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            var mail = new Mail(address!, texts["admin.mail.test-subject"], texts["admin.mail.test-body", actor.Name]);
            await transport.SendAsync(mail, $"test-{operationId:N}", either.Token);
            return Result.Ok;
        }
        catch (MailFailedException e)
        {
            log.LogWarning(e, "Test mail {Operation} not sent", operationId);
            return e.Problem;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new MailProblem("mail.no-answer", settings.Host, settings.Port);
        }
    }
}

internal sealed record TestAddressInvalid : Problem
{
    public TestAddressInvalid(string? address) : base("admin.mail.test-address", address ?? "") => (Kind, Field) = (ProblemKind.Invalid, "to");
}
