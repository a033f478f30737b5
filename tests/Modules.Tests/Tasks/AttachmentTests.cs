using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using CrmFlow.Runtime;
using CrmFlow.Tasks;

namespace CrmFlow.Modules.Tests.Tasks;

/// <summary>Files of a record: checked by content, kept outside the web root, seen by who sees the record (issue 2 §5).</summary>
public sealed class AttachmentTests : IAsyncLifetime
{
    private static readonly Guid Record = Guid.Parse("11111111-1111-4111-8111-111111111111");
    private static readonly byte[] Pdf = [.. "%PDF-1.7\n"u8, .. new byte[100]], Png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3],
        Exe = [.. "MZ"u8, 0x90, 0, 3, 0, 0, 0, 4, 0];
    private TestApp _app = null!;
    private Actor _author = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TaskTesting.StartAsync();
        _author = await _app.AgentAsync(Record, "wujianguo", "吴建国"); // the record of the test subject is the agent's own
        _app.Get<TestSubject.Authors>().Add(_author.UserId);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task<Result<AttachmentInfo>> UploadAsync(string name, byte[] content, Actor? by = null, string kind = "application") =>
        _app.Get<UploadAttachment>()
            .HandleAsync(by ?? _author, TestSubject.Type, Record, kind, name, new MemoryStream(content), _app.NewOperation(), TestApp.Ct);

    private string[] Stored => Directory.Exists(_app.FilesDirectory) ? Directory.GetFiles(_app.FilesDirectory, "*", SearchOption.AllDirectories) : [];

    private static byte[] Office(params string[] entries)
    {
        var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var entry in entries) zip.CreateEntry(entry);
        return buffer.ToArray();
    }

    [Fact]
    public async Task What_was_uploaded_comes_back_byte_for_byte_under_its_own_name()
    {
        var info = (await UploadAsync("一季度服务验收单.pdf", Pdf)).Value;
        (info.Name, info.Size, info.Label).ShouldBe(("一季度服务验收单.pdf", Pdf.Length, "PDF"));
        var found = (await _app.Get<Attachments>().FindAsync(_author, info.Id, TestApp.Ct)).Value;
        (await File.ReadAllBytesAsync(found.Path, TestApp.Ct)).ShouldBe(Pdf);
        Path.GetFileName(found.Path).ShouldNotContain("pdf");
        (await _app.Get<Attachments>().HandleAsync(_author, TestSubject.Type, Record, null, TestApp.Ct)).Value.Files.ShouldHaveSingleItem()
            .CanRemove.ShouldBeTrue();
    }

    public static TheoryData<string, byte[]> Taken => new()
    {
        { "a.PDF", Pdf }, { "照片.png", Png }, { "照片.jpeg", [0xff, 0xd8, 0xff, 0xe0, 1] },
            { "合同.docx", Office("[Content_Types].xml", "word/document.xml") },
        { "明细.xlsx", Office("[Content_Types].xml", "xl/workbook.xml") }, { "明细.csv", Encoding.UTF8.GetBytes("编号,金额\r\n1,2\r\n") },
            { "说明.txt", "plain text"u8.ToArray() },
    };

    [Theory, MemberData(nameof(Taken))]
    public async Task Files_of_the_known_kinds_are_taken(string name, byte[] content) => (await UploadAsync(name, content)).Problem.ShouldBeNull();

    public static TheoryData<string, byte[]> Refused => new()
    {
        { "验收单.exe", Exe }, { "验收单.pdf", Exe }, { "验收单.docx", Pdf }, { "验收单.pdf", Png }, { "页面.html", "<script>"u8.ToArray() }, { "空.pdf", [] },
        { "宏.docx", Office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin") }, { "压缩包.docx", Office("a.txt") },
            { "坏.xlsx", [.. "PK\u0003\u0004"u8, 1, 2, 3] }, { "二进制.txt", [0x41, 0, 0x42] },
        { "图.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray() },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task Anything_else_is_refused_by_content_and_nothing_is_left_behind(string name, byte[] content)
    {
        var problem = (await UploadAsync(name, content)).Problem.ShouldBeOfType<AttachmentRefused>();
        _app.Text(problem).ShouldBe($"“{name}”没有上传：只收 PDF、图片、Word、Excel、文本，单个不超过 20 MB，内容要和文件名一致");
        Stored.ShouldBeEmpty();
    }

    [Fact]
    public async Task Twenty_megabytes_are_taken_and_one_byte_more_is_not()
    {
        var limit = new byte[UploadAttachment.MaxSize + 1];
        Pdf.CopyTo(limit, 0);
        (await UploadAsync("大.pdf", limit)).Problem.ShouldBeOfType<AttachmentRefused>();
        Stored.ShouldBeEmpty();
        (await UploadAsync("大.pdf", limit[..^1])).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Names_lose_paths_and_tricks_but_keep_their_ending()
    {
        (await UploadAsync("..\\..\\etc/passwd\u202Efdp.pdf", Pdf)).Value.Name.ShouldBe("passwdfdp.pdf");
        (await UploadAsync(new string('长', 300) + ".pdf", Pdf)).Value.Name.ShouldBe(new string('长', 116) + ".pdf");
    }

    [Fact]
    public async Task A_quota_counts_all_files_of_an_agent()
    {
        var colleague = await _app.AgentAsync(Record, "wangwu", "王五");
        _app.Get<TestSubject.Authors>().Add(colleague.UserId);
        await _app.DoAsync(cmd =>
        {
            cmd.Db.Add(new SettingValue { Id = cmd.NewId(), Key = UploadAttachment.QuotaMegabytes.Key, EffectiveFrom = cmd.Now, Value = "1",
                ChangedBy = Guid.Empty, ChangedAt = cmd.Now });
            return Task.CompletedTask;
        });
        var large = new byte[700_000];
        Pdf.CopyTo(large, 0);
        (await UploadAsync("一.pdf", large)).Problem.ShouldBeNull();
        _app.Text((await UploadAsync("二.pdf", large, colleague)).Problem.ShouldBeOfType<QuotaExceeded>())
            .ShouldStartWith("“二.pdf”没有上传：已经用了 0 MB，上限是 1 MB");
        Stored.Length.ShouldBe(1);
    }

    [Fact]
    public async Task To_who_does_not_see_the_record_its_files_do_not_exist()
    {
        var info = (await UploadAsync("验收单.pdf", Pdf)).Value;
        var foreign = await _app.AgentAsync(Guid.CreateVersion7(), "lilei", "李雷");
        (await _app.Get<Attachments>().FindAsync(foreign, info.Id, TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await _app.Get<Attachments>().HandleAsync(foreign, TestSubject.Type, Record, null, TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await UploadAsync("别人的.pdf", Pdf, foreign)).Problem.ShouldBeOfType<NotFound>();
        (await _app.Get<RemoveAttachment>().HandleAsync(foreign, info.Id, _app.NewOperation(), TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();
        (await _app.Get<Attachments>().HandleAsync(_author, "no-such-type", Record, null, TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();
        Stored.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Who_works_on_the_record_may_add_files_while_the_task_is_open()
    {
        var chen = await _app.StaffAsync("chenli", "陈立");
        (await UploadAsync("扫描件.pdf", Pdf, chen)).Problem.ShouldBeOfType<NotFound>();
        await _app.RunAsync(_author, Record, Flow.Step("invoice", "收发票", Flow.Submit, ("users", new JsonArray("chenli"))));
        (await UploadAsync("扫描件.pdf", Pdf, chen, "invoice-scan")).Problem.ShouldBeNull();
        await _app.DecideAsync(chen, "Submit");
        (await UploadAsync("迟到的.pdf", Pdf, chen)).Problem.ShouldBeOfType<NotFound>();
        (await _app.Get<Attachments>().HandleAsync(chen, TestSubject.Type, Record, "invoice-scan", TestApp.Ct)).Value.Files.ShouldHaveSingleItem()
            .CanRemove.ShouldBeFalse();
    }

    [Fact]
    public async Task Only_who_uploaded_a_file_removes_it_and_its_bytes_go_a_month_later()
    {
        var info = (await UploadAsync("验收单.pdf", Pdf)).Value;
        var chen = await _app.StaffAsync("chenli", "陈立");
        _app.Get<TestSubject.Authors>().Add(chen.UserId);
        _app.Text((await _app.Get<RemoveAttachment>().HandleAsync(chen, info.Id, _app.NewOperation(), TestApp.Ct)).Problem.ShouldBeOfType<NotYourAttachment>()).ShouldContain("吴建国上传的");
        (await _app.Get<RemoveAttachment>().HandleAsync(_author, info.Id, _app.NewOperation(), TestApp.Ct)).Problem.ShouldBeNull();
        Stored.ShouldHaveSingleItem(); // a restored backup of these days names it
        _app.Clock.Advance(TimeSpan.FromDays(30));
        await _app.RunDueAsync();
        Stored.ShouldBeEmpty();
        (await _app.Get<Attachments>().FindAsync(_author, info.Id, TestApp.Ct)).Problem.ShouldBeOfType<NotFound>();
    }
}
