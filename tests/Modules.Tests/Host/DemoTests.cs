using System.Net;
using CrmFlow.Host;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Modules.Tests.Host;

public sealed class DemoTests
{
    private static CancellationToken Ct => HostApp.Ct;

    [Fact]
    public async Task A_demo_keeps_its_random_sign_ins_and_they_work()
    {
        await using var app = await HostApp.StartAtAsync(new DateTimeOffset(2028, 2, 29, 4, 0, 0, TimeSpan.Zero), ("demo", "true"));
        var lines = (await File.ReadAllLinesAsync(Path.Combine(app.DataFolder, "demo-sign-ins.txt"), Ct))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(p => p.Length >= 3).ToList();
        lines.Select(p => p[0]).ShouldBe(["admin", "zhoumin", "chenli", "zhaohongyuan", "ouyangmiao", "hejing", "liuyang", "sunxiaomei", "wusiyuan",
            "huangxue", "wujianguo", "tanxiaoyun"]);
        lines.Select(p => p[1]).Distinct().Count().ShouldBe(lines.Count);
        foreach (var login in new[] { "admin", "wujianguo" })
        {
            var browser = app.Browser();
            (await HostApp.SignInAsync(browser, login, lines.Single(p => p[0] == login)[1])).StatusCode.ShouldBe(HttpStatusCode.Redirect);
            (await browser.GetAsync("/", Ct)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
        // Setup is closed in a demo.
        (await app.ReadAsync(db => db.Set<Setup>().SingleAsync(Ct)))
            .ShouldSatisfyAllConditions(s => s.UsedAt.ShouldNotBeNull(), s => s.DemoLoadedAt.ShouldNotBeNull());
    }

    [Fact]
    public async Task Without_demo_there_are_no_accounts()
    {
        await using var app = await HostApp.StartAsync();
        (await app.ReadAsync(db => db.Set<User>().CountAsync(Ct))).ShouldBe(0);
    }

    [Fact]
    public async Task A_demo_is_refused_on_a_database_with_real_accounts()
    {
        await using var real = await HostApp.StartAsync();
        await real.UserAsync("zhoumin", "correct horse battery");
        var (code, output) = await RunAsync("--demo", "--urls", "http://127.0.0.1:0", "--Data:Folder", real.DataFolder);
        code.ShouldBe(2, output);
        output.ShouldContain("--demo is refused");
        output.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://*:5080")]
    [InlineData("http://127.0.0.1:5080;http://192.168.1.2:5080")]
    public void A_demo_listens_on_loopback_only(string urls) =>
        Should.Throw<StartRefusedException>(() => StartUp.RefuseOutsideAddresses(urls)).Message.ShouldContain("this machine only");

    [Fact]
    public async Task Backup_and_restore_bring_the_database_back_as_it_was()
    {
        var folder = Directory.CreateTempSubdirectory("crmflow-verbs-").FullName;
        string[] place = ["--Data:Folder", folder];
        await using (var app = HostApp.Over(folder)) await app.UserAsync("zhoumin", "correct horse battery");
        (await RunAsync(["backup", .. place])).Code.ShouldBe(0);
        var backup = Directory.GetFiles(Path.Combine(folder, "backups")).ShouldHaveSingleItem();
        await using (var app = HostApp.Over(folder)) await app.UserAsync("chenli", "correct horse battery");

        (await RunAsync(["restore", backup, .. place])).Code.ShouldBe(0);
        await using (var app = HostApp.Over(folder))
            (await app.ReadAsync(db => db.Set<User>().Select(u => u.UserName).ToListAsync(Ct))).ShouldBe(["zhoumin"]);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dotnet",
            [typeof(Program).Assembly.Location, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, await output + await error);
    }

    [Fact]
    public void A_bare_demo_switch_takes_no_other_word_with_it() =>
        CommandLine.Normalize(["--demo", "--urls", "http://127.0.0.1:7201"]).ShouldBe(["--demo=true", "--urls", "http://127.0.0.1:7201"]);
}
