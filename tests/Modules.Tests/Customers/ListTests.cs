using CrmFlow.Customers;
using CrmFlow.Modules.Tests.Sales;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Modules.Tests.Customers;

/// <summary>R-QRY-1, R-PER-1, R-IO-1: lists, filters, pages, export and import.</summary>
public sealed class ListTests
{
    private static CancellationToken Ct => TestApp.Ct;

    /// <summary>
    /// Walked page by page, any order and page size gives the rows of one full sort, each once: also with equal and missing values.
    /// </summary>
    [Fact]
    public async Task Pages_in_a_row_are_the_full_sort()
    {
        await using var shop = await Shop.OpenAsync();
        var random = new Random(20101023);
        string[] letters = ["甲", "乙", "A", "b", ""];
        await shop.App.DoAsync(cmd =>
        {
            for (var i = 0; i < 80; i++)
            {
                var party = new Party { Id = cmd.NewId(), Type = PartyType.Customer, No = $"T{random.Next(1000):000}-{i}",
                    Name = letters[random.Next(5)] + letters[random.Next(5)] + "客户" };
                party.EnteredBy(shop.Seller.UserId, cmd.Now.AddDays(-random.Next(5)));
                cmd.Db.Add(party);
                cmd.Db.Add(new SalesRecord { Id = cmd.NewId(), SaleOrderNo = $"P{i}", SaleDate = new DateOnly(2026, 1, 1 + random.Next(9)),
                    CustomerId = party.Id, ProductId = shop.Product, Quantity = 1, AmountReceivable = 1, AmountReceived = 1 });
                cmd.Db.Add(new Opportunity { Id = cmd.NewId(), CustomerId = party.Id, Stage = "lead",
                    CloseBy = new DateOnly(2026, 4, 1 + random.Next(9)) });
            }
            return Task.CompletedTask;
        });
        var all = await shop.App.StaffAsync("all", "全部", rights: [.. Shop.AllRights, CustomersRights.ViewAll]);
        foreach (var list in new RecordList[] { shop.App.Get<CustomerList>(), shop.App.Get<SaleList>(), shop.App.Get<OpportunityList>() })
        foreach (var field in list.FieldsFor(all).Where(f => f.IsSortable))
        foreach (var descending in new[] { false, true })
        foreach (var take in new[] { 1, 7, 500 })
        {
            var request = new ListRequest { Sort = field.Key, Descending = descending, Take = take };
            List<Guid> walked = [];
            for (var page = (await list.ReadAsync(all, request, Ct)).Value;
                ; page = (await list.ReadAsync(all, request with { After = page.Next }, Ct)).Value)
            {
                walked.AddRange(page.Rows.Select(r => r.Id));
                if (page.Next is null) break;
            }
            walked.ShouldBe((await list.ReadAsync(all, request with { Take = 500 }, Ct)).Value.Rows.Select(r => r.Id),
                $"{list.Key} by {field.Key} {descending} {take}");
            walked.Distinct().Count().ShouldBe(walked.Count);
            walked.Count.ShouldBe((await list.CountAsync(all, request, Ct)).Value.Count);
        }
    }

    /// <summary>Every field of every list takes every operator it offers, and a row found by its own value is found.</summary>
    [Fact]
    public async Task Any_field_filters_with_each_of_its_operators()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.SellAsync(issue: true, dongles: ["D1"], values: [("pickupDiscount", "0.9"), ("remarks", "急用")]);
        await shop.App.Get<SaveContact>()
            .HandleAsync(shop.Seller, shop.App.NewOperation(), shop.Customer, null, null, new ContactInput(new() { ["name"] = "李淼" }), Ct);
        await shop.App.Get<SaveOpportunity>().HandleAsync(shop.Seller, shop.App.NewOperation(), null, null,
            new OpportunityInput(new() { ["stage"] = "lead", ["closeBy"] = "2026-04-01", ["quantity"] = "1" }, shop.Customer), Ct);
        await using var scope = shop.App.NewScope();
        foreach (var list in Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetServices<RecordList>(scope.ServiceProvider)
            .Where(l => l.Operation.Access.Allows(shop.Seller)))
        foreach (var field in list.FieldsFor(shop.Seller))
        foreach (var op in field.Operators)
        {
            var value = field.Kind switch { FieldKind.Date or FieldKind.Instant =>
                "2026-02-05", FieldKind.Number or FieldKind.Money or FieldKind.Percent => "1", FieldKind.Boolean => "true", FieldKind.Person =>
                "me", _ => "x" };
            var read = await list.ReadAsync(shop.Seller, new ListRequest { Conditions = [new ListCondition(field.Key, op, value)],
                Columns = [.. list.FieldsFor(shop.Seller).Select(f => f.Key)], Find = op == ListOperator.Is ? "江城" : null }, Ct);
            read.Problem.ShouldBeNull($"{list.Key} {field.Key} {op}");
        }
        async Task<int> Sales(string field, ListOperator op, string value) =>
            (await shop.App.Get<SaleList>().ReadAsync(shop.Seller, new ListRequest { Conditions = [new ListCondition(field, op, value)] }, Ct))
            .Value.Rows.Count;
        (await Sales("customer", ListOperator.Contains, "江城")).ShouldBe(1);
        (await Sales("receivable", ListOperator.From, "106200")).ShouldBe(1);
        (await Sales("receivable", ListOperator.From, "106200.01")).ShouldBe(0);
        (await Sales("saleDate", ListOperator.To, "2026-02-05")).ShouldBe(1);
        (await Sales("saleDate", ListOperator.To, "2026-02-04")).ShouldBe(0);
        (await Sales("agent", ListOperator.Empty, "")).ShouldBe(1);
        (await Sales("industryCode", ListOperator.Is, "03,04")).ShouldBe(1);
    }

    [Fact]
    public async Task Export_needs_its_own_right_and_is_audited()
    {
        await using var shop = await Shop.OpenAsync();
        var without = await shop.App.StaffAsync("no-export", "无导出", rights: [.. Shop.AllRights.Where(r => r != CustomersRights.Export)],
            department: "sales-central");
        var list = shop.App.Get<CustomerList>();
        (await list.RecordExportAsync(without, shop.App.NewOperation(), new ListRequest(), Ct)).Problem.ShouldBeOfType<NotFound>();
        (await list.RecordExportAsync(shop.Seller, shop.App.NewOperation(), new ListRequest { Find = "江城" }, Ct)).Problem.ShouldBeNull();
    }

    /// <summary>What is exported can be imported again and comes out the same; text that begins like a formula is text on both ways.</summary>
    [Fact]
    public async Task Export_and_import_bring_the_same_customers_back()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.SavePartyAsync("=HYPERLINK(\"http://x.example\")公司", ("level", "key"), ("address", "+武汉市，“演示路” 1 号"), ("remarks", "@SUM(1)\n第二行"),
            ("officePhone", "13800001234"), ("areaCode", "0010"));
        var columns = PartyForm.Form.Fields.Where(f => f.Kind is FieldKind.Text or FieldKind.Choice).Select(f => f.Key).ToList();
        var file = await ExportAsync(shop, columns);
        await shop.App.DoAsync(async cmd => await cmd.Db.Set<Party>().ExecuteDeleteAsync(Ct));

        var read = ImportFile.Read(new MemoryStream(file), "客户.xlsx").Value;
        var import = shop.App.Get<ImportCustomers>();
        var mapping = import.Guess(read.Headings, shop.Seller);
        mapping.ShouldBe(columns);
        (await import.TryAsync(shop.Seller, shop.App.NewOperation(), read, mapping, false, Ct)).Value.Created.ShouldBe(2);
        (await shop.App.ReadAsync(db => db.Set<Party>().CountAsync(Ct))).ShouldBe(0);
        var report = await ImportAsync(shop, read, mapping);
        (report.Created, report.Updated, report.Errors.Count).ShouldBe((2, 0, 0));
        Cells(await ExportAsync(shop, columns)).ShouldBe(Cells(file));
        // The same file once more changes them instead of doubling them.
        (await ImportAsync(shop, read, mapping)).Updated.ShouldBe(2);
    }

    [Fact]
    public async Task Bad_rows_are_told_with_row_and_reason_and_can_be_corrected_and_uploaded_again()
    {
        await using var shop = await Shop.OpenAsync();
        var csv = "客户名称,手机,客户级别,区号,邮编\r\n楚天燃气有限公司,１３８００００１２３４,重点,27,430074\r\n,13800001235,,,\r\n星源数字城市科技,1.38E+10,,,\r\n恒图测绘院,,最高级,,\r\n\"润泽, 通信\",,,,30074\r\n楚天燃气有限责任公司,,,,\r\n";
        var gbk = System.Text.CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        var file = ImportFile.Read(new MemoryStream(gbk.GetBytes(csv)), "客户.csv").Value;
        var import = shop.App.Get<ImportCustomers>();
        var report = await ImportAsync(shop, file, import.Guess(file.Headings, shop.Seller));
        report.Created.ShouldBe(1);
        report.Errors.Select(e => e.Row.Number).ShouldBe([3, 4, 5, 6, 7]);
        report.Errors[1].Reason.ShouldContain("科学计数法");
        report.Errors[2].Reason.ShouldContain("重点");
        report.Errors[4].Reason.ShouldContain("不止一次");
        var party = await shop.App.ReadAsync(db => db.Set<Party>().SingleAsync(p => p.Name == "楚天燃气有限公司", Ct));
        (party.MobilePhone, party.Level, party.AreaCode, party.CreatedBy).ShouldBe(("13800001234", "key", "0027", shop.Seller.UserId));
    }

    /// <summary>The import as people do it: handed to a job, and told by its row what came of it.</summary>
    private static async Task<ImportReport> ImportAsync(Shop shop, ImportFile file, IReadOnlyList<string?> mapping)
    {
        var id = (await shop.App.Get<ImportCustomers>().StartAsync(shop.Seller, shop.App.NewOperation(), file, "客户.xlsx", mapping, false, Ct)).Value;
        await shop.App.RunJobAsync(id);
        var job = (await shop.App.Get<JobAdministration>().GetAsync(shop.Seller, id, Ct)).Value;
        job.Job.Error.ShouldBeNull();
        var counts = System.Text.RegularExpressions.Regex.Match(job.Job.Result!, @"^⟦customers\.import\.did\|(\d+)\|(\d+)\|(\d+)⟧$").Groups;
        int.Parse(counts[3].Value, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(job.Issues.Count);
        (job.Job.State == JobState.Partial).ShouldBe(job.Issues.Count > 0);
        return new ImportReport(int.Parse(counts[1].Value, System.Globalization.CultureInfo.InvariantCulture),
            int.Parse(counts[2].Value, System.Globalization.CultureInfo.InvariantCulture),
            [.. job.Issues.Select(i => new ImportError(file.Rows.Single(r => r.Number == i.No), shop.App.Get<Texts>().Say(i.Reason)))]);
    }

    private static async Task<byte[]> ExportAsync(Shop shop, IReadOnlyList<string> columns)
    {
        using var file = new MemoryStream();
        await ListExport.WriteAsync(shop.App.Get<CustomerList>(), shop.Seller, new ListRequest { Columns = columns, Sort = "no", Take = 1 },
            shop.App.Get<Texts>(), shop.App.Get<BusinessTime>(), file, Ct);
        return file.ToArray();
    }

    private static string Cells(byte[] file)
    {
        var read = ImportFile.Read(new MemoryStream(file), "x.xlsx").Value;
        return string.Join('\n', read.Rows.Select(r => string.Join('|', r.Cells)));
    }
}
