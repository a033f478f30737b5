using CrmFlow.Host.Administration;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace CrmFlow.Host;

/// <summary>
/// What other programs may call, for administrators: the OpenAPI document and a page that shows it. Sheets and forms for people are left out.
/// </summary>
internal static class ApiReference
{
    public const string Document = "/openapi/v1.json", Page = "/scalar";
    private const string Name = "v1", Cookie = "cookie";
    private static readonly Operation Read = new("Host.ReadApiReference", SettingsAdmin.Access);

    public static IServiceCollection AddApiReference(this IServiceCollection services) => services.AddOpenApi(Name, o =>
    {
        o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        o.AddDocumentTransformer(DescribeAsync);
        o.AddOperationTransformer(SecureAsync);
    });

    public static void MapApiReference(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").RequireAuthorization(Policies.SignedIn).AddEndpointFilter(OnlyAdministratorsAsync).ExcludeFromDescription();
        pages.MapOpenApi(Document);
        pages.MapScalarApiReference(Page, (o, http) => o
            .WithTitle("CrmFlow API").WithNonce(ContentSecurity.Nonce(http)).WithOpenApiRoutePattern(Document)
            .DisableDefaultFonts().DisableTelemetry().DisableAgent().HideDeveloperTools().HideClientButton());
    }

    /// <summary>Unseen is 404, as everywhere.</summary>
    private static async ValueTask<object?> OnlyAdministratorsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var services = context.HttpContext.RequestServices;
        var actor = await services.GetRequiredService<ActorSource>().GetAsync();
        var allowed = await services.GetRequiredService<WorkflowRuntime>().ReadAsync<bool>(Read, actor, _ =>
            Task.FromResult<Result<bool>>(true), context.HttpContext.RequestAborted);
        return allowed.Failed ? Results.NotFound() : await next(context);
    }

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo
        {
            Title = "CrmFlow", Version = typeof(ApiReference).Assembly.GetName().Version!.ToString(3),
            Description = "What other programs may call. Refusals are problem details (RFC 9457); what a caller may not see answers 404, as if it did not exist.\n\n" +
                "供其他程序调用的接口。被拒绝的请求返回问题详情（RFC 9457）；无权看到的内容与不存在的内容一样返回 404。",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Cookie] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = AccountEndpoints.SessionCookie,
                Description = "The session that signing in on the sign-in page gives. 在登录页登录后得到的会话 Cookie。",
            },
        };
        document.Paths["/workflows/{path}"] = new OpenApiPathItem
        {
            Operations = new() { [HttpMethod.Get] = OfProcess("CallProcess", hasBody: false),
                [HttpMethod.Post] = OfProcess("PostToProcess", hasBody: true) },
        };
        return Task.CompletedTask;
    }

    /// <summary>Its routes, methods and bodies are those of the published processes; no signature can say them.</summary>
    private static OpenApiOperation OfProcess(string id, bool hasBody) => new()
    {
        OperationId = id, Tags = new HashSet<OpenApiTagReference> { new("Processes") },
        Summary = "Start or resume a process by its Elsa.HttpEndpoint · 调用流程发布的地址",
        Description = "Any method and body the process's endpoint names. The answer is the one the process writes, if it does within 30 seconds.",
        Parameters = [new OpenApiParameter { Name = "path", In = ParameterLocation.Path, Required = true,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String } }],
        RequestBody = hasBody ? new OpenApiRequestBody { Content = Json(new OpenApiSchema()) } : null,
        Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse { Description = "What the process answered" },
            ["202"] = new OpenApiResponse { Description = "The process works on it",
                Content = Json(Members("workflowInstanceId", new() { Type = JsonSchemaType.String, Format = "uuid" })) },
            ["404"] = new OpenApiResponse { Description = "No process listens to this route" },
            ["409"] = new OpenApiResponse { Description = "The process refused it" },
            ["413"] = new OpenApiResponse { Description = "The body is over 5 MB" },
            ["503"] = new OpenApiResponse { Description = "The database takes no writes just now" },
        },
    };

    public static Task DescribeRunTask(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        operation.RequestBody = new OpenApiRequestBody { Required = true,
            Content = Json(Members("result", new() { Description = "Any JSON: the result the task's step gives" })) };
        return Task.CompletedTask;
    }

    private static Dictionary<string, OpenApiMediaType> Json(OpenApiSchema schema) =>
        new() { ["application/json"] = new OpenApiMediaType { Schema = schema } };

    private static OpenApiSchema Members(string name, OpenApiSchema of) =>
        new() { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { [name] = of } };

    private static Task SecureAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (!metadata.OfType<IAllowAnonymous>().Any())
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Cookie, context.Document)] = [] }];
        return Task.CompletedTask;
    }
}
