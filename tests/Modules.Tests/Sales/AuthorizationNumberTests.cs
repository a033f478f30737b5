using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CrmFlow.Modules.Tests.Sales;

/// <summary>R-NUM-1, R-NUM-2.</summary>
public sealed class AuthorizationNumberTests
{
    [Fact]
    public async Task The_number_is_year_area_industry_and_sequence()
    {
        await using var shop = await Shop.OpenAsync();
        (await shop.SellAsync(issue: true, values: [("saleDate", "2010-10-23"), ("industryCode", "02")]))
            .Value.AuthorizationNo.ShouldBe("100027020001");
        (await shop.SellAsync(issue: true, values: [("saleDate", "2010-11-01"), ("industryCode", "02")]))
            .Value.AuthorizationNo.ShouldBe("100027020002");
        (await shop.SellAsync(issue: true, values: [("saleDate", "2011-01-01"), ("industryCode", "02")]))
            .Value.AuthorizationNo.ShouldBe("110027020001");
        (await shop.SellAsync(issue: true, values: [("saleDate", "2010-11-01"), ("areaCode", "0731")]))
            .Value.AuthorizationNo.ShouldBe("100731040001");
    }

    [Fact]
    public async Task Area_and_industry_come_from_customer_and_product()
    {
        await using var shop = await Shop.OpenAsync();
        var sale = await shop.SaleAsync((await shop.SellAsync(issue: true)).Value.Id);
        (sale.AreaCode, sale.IndustryCode, sale.ServiceAuthorizationNo).ShouldBe(("0027", "04", "260027040001"));
    }

    [Fact]
    public async Task Without_an_area_nothing_is_saved_and_the_refusal_names_the_field()
    {
        await using var shop = await Shop.OpenAsync();
        var elsewhere = (await shop.SavePartyAsync("无区号客户")).Value;
        var refused = await shop.App.Get<SaveSale>().HandleAsync(shop.Seller, shop.App.NewOperation(), null, null,
            new SaleInput(new() { ["saleDate"] = "2026-02-05", ["quantity"] = "1" }, elsewhere, shop.Product), true, Shop.Ct);
        refused.Problem.ShouldBeOfType<AreaCodeMissing>().Field.ShouldBe("areaCode");
        (await shop.App.ReadAsync(db => db.Set<SalesRecord>().CountAsync(Shop.Ct))).ShouldBe(0);
    }

    [Fact]
    public async Task An_issued_number_fixes_year_area_and_industry_until_a_reissue_that_keeps_the_old_one()
    {
        await using var shop = await Shop.OpenAsync();
        var id = (await shop.SellAsync(issue: true)).Value.Id;
        var changed = await shop.App.Get<SaveSale>().HandleAsync(shop.Seller, shop.App.NewOperation(), id, 1,
            new SaleInput(new() { ["areaCode"] = "0731" }, shop.Customer, shop.Product), false, Shop.Ct);
        changed.Problem.ShouldBeOfType<NumberFixed>();

        var reissued = await shop.App.Get<IssueNumber>().ReissueAsync(shop.Seller, shop.App.NewOperation(), id, "0731", null, "客户迁到长沙", Shop.Ct);
        reissued.Value.ShouldBe("260731040001");
        var numbers = await shop.App.ReadAsync(db => db.Set<AuthorizationNumber>().OrderBy(n => n.No).ToListAsync(Shop.Ct));
        numbers.Select(n => (n.No, n.ReplacedReason)).ShouldBe([("260027040001", "客户迁到长沙"), ("260731040001", null)]);
        // A number given up is not given again.
        (await shop.SellAsync(issue: true)).Value.AuthorizationNo.ShouldBe("260027040002");
    }

    [Fact]
    public async Task After_9999_the_refusal_names_the_way_out_and_nothing_is_saved()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.App.DoAsync(async cmd =>
        {
            for (var i = 0; i < 9999; i++) await cmd.NextInSeriesAsync("authorization:0027-04", 2026, Shop.Ct);
        });
        var refused = await shop.SellAsync(issue: true);
        refused.Problem.ShouldBeOfType<AuthorizationNumbersUsedUp>();
        shop.App.Get<Texts>().Of(refused.Problem!).ShouldBe("2026 年 0027 区 04 类的授权编号已用到 9999，不能再发。请管理员在“设置”里调整编号样式");
        (await shop.App.ReadAsync(db => db.Set<SalesRecord>().CountAsync(Shop.Ct))).ShouldBe(0);
        // Without a number the sale can be kept.
        (await shop.SellAsync()).Problem.ShouldBeNull();
    }

    [Theory]
    [InlineData("{year:2}{area:4}{industry:2}{sequence:4}", true)]
    [InlineData("SQ-{year:4}-{area:4}-{industry:2}-{sequence:5}", true)]
    [InlineData("{year:2}{area:4}{sequence:4}", false)]
    [InlineData("{year:2}{area:4}{industry:2}{sequence}", false)]
    [InlineData("{year:2}{year:2}{area:4}{industry:2}{sequence:4}", false)]
    public void The_template_names_each_field_once(string pattern, bool good) =>
        (AuthorizationNumbering.CheckPattern(pattern) is null).ShouldBe(good);

    [Fact]
    public async Task Fifty_requests_at_once_get_fifty_numbers_without_a_gap_on_SQLite()
    {
        await using var shop = await Shop.OpenAsync();
        await FiftyAsync(shop);
    }

    [Fact]
    public async Task Fifty_requests_at_once_get_fifty_numbers_without_a_gap_on_PostgreSQL()
    {
        var name = $"crmflow_{Guid.CreateVersion7():N}";
        await using (var server = new NpgsqlConnection(PostgresServer.ConnectionString + ";Pooling=false"))
        {
            await server.OpenAsync(Shop.Ct);
            await using var create = new NpgsqlCommand($"CREATE DATABASE \"{name}\"", server);
            await create.ExecuteNonQueryAsync(Shop.Ct);
        }
        await using var shop = await Shop.OpenAsync(new DatabaseOptions(DatabaseProvider.PostgreSql,
            new NpgsqlConnectionStringBuilder(PostgresServer.ConnectionString) { Database = name }.ConnectionString));
        await FiftyAsync(shop);
    }

    private static async Task FiftyAsync(Shop shop)
    {
        var sales = new List<Guid>();
        for (var i = 0; i < 50; i++) sales.Add((await shop.SellAsync()).Value.Id);
        var numbers = await Task.WhenAll(sales.Select(async id =>
        {
            await using var scope = shop.App.NewScope();
            return await Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<IssueNumber>(
                scope.ServiceProvider).IssueAsync(shop.Seller, shop.App.NewOperation(), id, Shop.Ct);
        }));
        numbers.Where(n => n.Failed).Select(n => n.Problem!.Key).ShouldBeEmpty();
        numbers.Select(n => n.Value).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(1, 50).Select(i => $"26002704{i:0000}"));
    }
}
