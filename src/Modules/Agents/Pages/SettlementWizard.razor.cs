using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Components;

namespace CrmFlow.Agents.Pages;

/// <summary>
/// New application in three steps. Everything chosen is saved as a draft 1.5 s after the last change and before each step; the number comes with the
/// submission.
/// </summary>
public sealed partial class SettlementWizard
{
    private static readonly TimeSpan SaveAfter = TimeSpan.FromMilliseconds(1500);

    private readonly HashSet<Guid> _chosen = [];
    private readonly List<(DateOnly From, DateOnly To)> _periods = [];
    private int _step = 1;
    private Guid? _id, _agent;
    private int? _revision;
    private DateOnly _from, _to;
    private string? _remarks, _saved;
    private IReadOnlyList<SaleForSettlement>? _sales;
    private SettlementTerms? _terms;
    private IReadOnlyList<AgentRow> _agents = [];
    private ITimer? _timer;
    private bool _unsaved;
    private Guid _submission;

    [Inject] private FreeLines Free { get; set; } = null!;
    [Inject] private SaveDraft Save { get; set; } = null!;
    [Inject] private DeleteDraft Delete { get; set; } = null!;
    [Inject] private SubmitSettlement Submit { get; set; } = null!;
    [Inject] private GetSettlement Query { get; set; } = null!;
    [Inject] private GetSettlementTerms Terms { get; set; } = null!;
    [Inject] private ListAgents Agents { get; set; } = null!;
    [Inject] private BusinessTime Time { get; set; } = null!;
    [Inject] private TimeProvider Clock { get; set; } = null!;
    [Parameter] public Guid? Id { get; set; }
    /// <summary>The agent staff apply for, as the agent list links here.</summary>
    [SupplyParameterFromQuery(Name = "agent")] public Guid? ForAgent { get; set; }

    private string Home => Me.Kind == ActorKind.Agent ? "/agents/my" : "/agents/settlements";
    private IEnumerable<SaleForSettlement> Chosen => (_sales ?? []).Where(s => _chosen.Contains(s.SalesRecordId));
    private decimal Total => Chosen.Sum(s => s.Fee ?? 0);

    protected override async Task OnInitializedAsync()
    {
        _agent = ForAgent;
        FillPeriods();
        if (Me.Kind != ActorKind.Agent && await RunAsync(() => Agents.HandleAsync(Me, null, 500, null, Ct)) is { Failed: false } agents)
            _agents = agents.Value.Rows;
        if (Id is { } draft)
        {
            var read = await RunAsync(() => Query.HandleAsync(Me, draft, Ct));
            if (read.Failed) return;
            if (read.Value.State != SettlementState.Draft) { Nav.NavigateTo($"/agents/settlements/{draft}"); return; }
            (_id, _revision, _agent, _from, _to, _remarks) =
                (draft, read.Value.Revision, read.Value.AgentId, read.Value.From, read.Value.To, read.Value.Remarks);
            _chosen.UnionWith(read.Value.Lines.Select(l => l.SalesRecordId));
        }
        await LoadAsync(chooseAll: _id is null);
    }

    /// <summary>This quarter, the three before it, and last month; the quarter before this one is what is mostly settled.</summary>
    private void FillPeriods()
    {
        var today = Time.Today;
        var quarter = new DateOnly(today.Year, (today.Month - 1) / 3 * 3 + 1, 1);
        for (var i = 0; i < 4; i++)
        {
            var from = quarter.AddMonths(-3 * i);
            _periods.Add((from, from.AddMonths(3).AddDays(-1)));
        }
        var month = new DateOnly(today.Year, today.Month, 1).AddMonths(-1);
        _periods.Add((month, month.AddMonths(1).AddDays(-1)));
        (_from, _to) = _periods[1];
    }

    private async Task LoadAsync(bool chooseAll)
    {
        if (Me.Kind != ActorKind.Agent && _agent is null) { _sales = []; return; }
        _sales = null;
        if (await RunAsync(() => Terms.HandleAsync(Me, _agent, Ct)) is { Failed: false } terms) _terms = terms.Value;
        var sales = await RunAsync(() => Free.ListAsync(Me, _agent, _from, _to, Ct));
        _sales = sales.Failed ? [] : sales.Value;
        var free = _sales.Where(s => s.IsFree).Select(s => s.SalesRecordId).ToHashSet();
        if (chooseAll)
        {
            _chosen.Clear();
            _chosen.UnionWith(free);
        }
        else if (_chosen.RemoveWhere(id => !free.Contains(id)) > 0) Touch(); // taken meanwhile: the list says by which application
    }

    private async Task AgentChanged(ChangeEventArgs e)
    {
        _agent = Guid.TryParse(e.Value as string, out var id) ? id : null;
        await LoadAsync(chooseAll: true);
    }

    private async Task PeriodChosen(ChangeEventArgs e)
    {
        if ((e.Value as string)?.Split('|') is not [var from, var to] || !DateOnly.TryParse(from, out _from) || !DateOnly.TryParse(to, out _to))
            return;
        await LoadAsync(chooseAll: true);
        Touch();
    }

    private async Task DatesChanged(DateOnly from, DateOnly to)
    {
        (_from, _to) = (from, to);
        await LoadAsync(chooseAll: true);
        Touch();
    }

    /// <summary>Something changed: saved a moment after the last change.</summary>
    private void Touch()
    {
        (_unsaved, _submission) = (true, default);
        _timer ??= Clock.CreateTimer(_ => _ = InvokeAsync(async () =>
            { if (_unsaved && !Busy) await SaveAsync(); StateHasChanged(); }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(SaveAfter, Timeout.InfiniteTimeSpan);
        StateHasChanged();
    }

    private async Task<bool> SaveAsync()
    {
        _saved = T["agents.wizard.saving"];
        _unsaved = false;
        var saved = await RunAsync(() =>
            Save.HandleAsync(Me, NewOperation(), _id, _revision, new DraftContent(_agent, _from, _to, [.. _chosen], _remarks), Ct));
        if (saved.Failed)
        {
            _unsaved = true;
            _saved = T["agents.wizard.not-saved"];
            return false;
        }
        (_id, _revision) = (saved.Value.Id, saved.Value.Revision);
        _saved = T["agents.wizard.saved", Time.Local(Clock.GetUtcNow()).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture)];
        return true;
    }

    private Task SaveNowAsync() => SaveAsync();

    private async Task GoAsync(int step)
    {
        if (step > _step && _chosen.Count == 0) { Problem = new NoLinesChosen(); return; }
        if ((_unsaved || _id is null) && !await SaveAsync()) return;
        _step = step;
    }

    private async Task SubmitAsync()
    {
        if (_unsaved && !await SaveAsync()) return;
        if (_submission == default) _submission = NewOperation(); // kept: a second click is the same submission
        var submitted = await RunAsync(() => Submit.HandleAsync(Me, _submission, _id!.Value, Ct));
        if (!submitted.Failed)
        {
            Nav.NavigateTo(Me.Kind == ActorKind.Agent ? $"/agents/my?id={_id}" : $"/agents/settlements/{_id}");
            return;
        }
        // What the refusal is about is on the page: show it as it stands now, and save the draft so.
        _submission = default;
        var refusal = submitted.Problem;
        if (refusal is FeesChanged or LineTaken or LineNotPaid or LineWithoutRate)
        {
            await LoadAsync(chooseAll: false);
            await SaveAsync();
            Problem = refusal;
        }
    }

    private async Task DeleteAsync()
    {
        if (_id is not { } id || !await Dialogs.ConfirmAsync(T["agents.wizard.delete-question"], null, T["agents.wizard.delete"])) return;
        if (await RunAsync(() => Delete.HandleAsync(Me, NewOperation(), id, Ct))) Nav.NavigateTo(Home);
    }

    private IEnumerable<(string Text, decimal Ratio)> Bands(SettlementRules rules)
    {
        decimal? above = null;
        foreach (var band in rules.Bands.OrderByDescending(b => b.FromScore))
        {
            yield return (above is null ? T["agents.band.from", Percent.Text(band.FromScore)] : band.FromScore == 0
                ? T["agents.band.below", Percent.Text(above.Value)]
                : T["agents.band.between", Percent.Text(band.FromScore), Percent.Text(above.Value)], band.Ratio);
            above = band.FromScore;
        }
    }

    private List<TimelineEntry> Next(SettlementRules rules) =>
    [
        new(EntryLook.Idle, T["agents.who.commerce"]) { Note = T["agents.who.within", rules.Due.Commerce] },
        new(EntryLook.Idle, T["agents.who.report"]) { Note = T["agents.who.within", rules.Due.Report] },
        new(EntryLook.Idle, T["agents.who.signature"]) { Note = T["agents.who.tiers",
            rules.TwoSignaturesFrom.ToString("#,##0.##", System.Globalization.CultureInfo.InvariantCulture)] },
        new(EntryLook.Idle, T["agents.who.invoice"]) { Note = T["agents.who.invoice-note"] },
        new(EntryLook.Idle, T["agents.who.finance"]) { Note = T["agents.who.finance-note"] },
    ];

    public override async ValueTask DisposeAsync()
    {
        if (_timer is not null) await _timer.DisposeAsync();
        await base.DisposeAsync();
    }
}
