using System.Globalization;
using CrmFlow.Agents.Pages;

namespace CrmFlow.Modules.Tests.Agents;

public class ChineseAmountTests
{
    [Theory]
    [InlineData("0", "零元整")]
    [InlineData("0.05", "伍分")]
    [InlineData("0.50", "伍角整")]
    [InlineData("10", "壹拾元整")]
    [InlineData("100.05", "壹佰元零伍分")]
    [InlineData("1001", "壹仟零壹元整")]
    [InlineData("10001", "壹万零壹元整")]
    [InlineData("15184", "壹万伍仟壹佰捌拾肆元整")]
    [InlineData("41687.20", "肆万壹仟陆佰捌拾柒元贰角整")]
    [InlineData("1000000", "壹佰万元整")]
    [InlineData("100010000.01", "壹亿零壹万元零壹分")]
    [InlineData("100000001", "壹亿零壹元整")]
    [InlineData("-12.30", "负壹拾贰元叁角整")]
    public void Amounts_read_as_on_a_receipt(string amount, string text) =>
        ChineseAmount.Text(decimal.Parse(amount, CultureInfo.InvariantCulture)).ShouldBe(text);
}
