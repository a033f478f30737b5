using CrmFlow.Runtime;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Modules.Tests.Sales;

/// <summary>T-04, C-07, C-25, C-33.</summary>
public sealed class SaleTests
{
    [Fact]
    public async Task The_receivable_is_value_times_discount_times_quantity()
    {
        await using var shop = await Shop.OpenAsync();
        (await shop.SaleAsync((await shop.SellAsync(values: [("quantity", "3"), ("pickupDiscount", "0.85")])).Value.Id))
            .AmountReceivable.ShouldBe(300_900m);
    }

    [Fact]
    public async Task Another_receivable_needs_a_reason()
    {
        await using var shop = await Shop.OpenAsync();
        (string, string?)[] values = [("pickupDiscount", "1"), ("amountReceivable", "100000")];
        (await shop.SellAsync(values: values)).Problem.ShouldBeOfType<ReceivableNeedsReason>().Field.ShouldBe("receivableReason");
        (await shop.SellAsync(values: [.. values, ("receivableReason", "老客户")])).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task A_dongle_is_used_once_in_the_whole_system()
    {
        await using var shop = await Shop.OpenAsync();
        var first = (await shop.SellAsync(dongles: ["001234567890", "12E00567"], values: [("quantity", "2"), ("saleOrderNo", "XS-1")])).Value.Id;
        var refused = await shop.SellAsync(dongles: ["12E00567"]);
        refused.Problem.ShouldBeOfType<DongleTaken>().Args.ShouldBe(["12E00567", "XS-1"]);
        (await shop.SellAsync(dongles: ["A", "A"], values: [("quantity", "2")])).Problem.ShouldBeOfType<DongleTaken>();
        (await shop.App.ReadAsync(db => db.Set<DongleAssignment>().Where(d => d.SalesRecordId == first).Select(d =>
            d.DongleNo).Order().ToListAsync(Shop.Ct))).ShouldBe(["001234567890", "12E00567"]);
    }

    [Fact]
    public async Task Fewer_dongles_than_the_quantity_are_warned_about_more_are_refused()
    {
        await using var shop = await Shop.OpenAsync();
        (await shop.SellAsync(dongles: ["A"], values: [("quantity", "2")])).Value.Warnings.ShouldBe(["sales.warning.fewer-dongles"]);
        (await shop.SellAsync(dongles: ["B", "C"])).Problem.ShouldBeOfType<TooManyDongles>();
    }

    [Fact]
    public async Task Lines_of_one_order_are_counted()
    {
        await using var shop = await Shop.OpenAsync();
        foreach (var expected in new[] { 1, 2, 3 })
            (await shop.SaleAsync((await shop.SellAsync(values: ("saleOrderNo", "XS-7"))).Value.Id)).LineNo.ShouldBe(expected);
        (await shop.SaleAsync((await shop.SellAsync()).Value.Id)).SaleOrderNo.ShouldBe("XS2026020001");
    }

    [Fact]
    public async Task A_stale_form_is_refused_and_says_who_was_faster()
    {
        await using var shop = await Shop.OpenAsync();
        var id = (await shop.SellAsync()).Value.Id;
        Task<Result<SaleResult>> Change(string remarks) => shop.App.Get<SaveSale>().HandleAsync(shop.Seller, shop.App.NewOperation(), id, 1,
            new SaleInput(new() { ["remarks"] = remarks }, shop.Customer, shop.Product), false, Shop.Ct);
        (await Change("first")).Problem.ShouldBeNull();
        (await Change("second")).Problem.ShouldBeOfType<ChangedMeanwhile>().Args[0].ShouldBe("刘洋");
        (await shop.SaleAsync(id)).Remarks.ShouldBe("first");
    }
}
