// The baseline of the cold-start bench: the least an ASP.NET Core application can be.
var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/", () => "empty");
app.Run();
