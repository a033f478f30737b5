using System.Net.Http.Headers;
using System.Text;
using CrmFlow.Engine;
using Microsoft.Extensions.Configuration;

namespace CrmFlow.Runtime;

/// <summary>Makes the calls processes asked for, outside any transaction: guarded addresses, few redirects, a size and a time to keep.</summary>
internal sealed class OutboundHttp : IDisposable
{
    private const int MaxRedirects = 5, MaxAnswer = 2 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpMessageInvoker _client;

    public OutboundHttp(IConfiguration configuration)
    {
        var guard = new AddressGuard(configuration);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10), MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = (context, ct) => guard.ConnectAsync(context.DnsEndPoint, ct),
        });
    }

    /// <summary>The answer as the step takes it; a call that failed is an answer too.</summary>
    public async Task<Value> CallAsync(Value call, string key, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            var (method, url) = (new HttpMethod(call["method"].String), new Uri(call["url"].String));
            for (var redirects = 0; ; redirects++)
            {
                using var request = Request(call, method, url, key, isFirst: redirects == 0);
                using var response = await _client.SendAsync(request, patience.Token);
                if (redirects == MaxRedirects || (int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)
                    || response.Headers.Location is not { } location) return await ReadAsync(response, patience.Token);
                url = new Uri(url, location);
                if (url.Scheme is not ("http" or "https")) return Failure("refused", $"a redirect leads to {url.Scheme}");
                if ((int)response.StatusCode is 303 || (int)response.StatusCode is 301 or 302 && method == HttpMethod.Post) method = HttpMethod.Get;
            }
        }
        catch (AddressRefusedException e)
        {
            return Failure("refused", e.Message);
        }
        catch (HttpRequestException e)
        {
            return e.InnerException is AddressRefusedException refused ? Failure("refused", refused.Message)
                : Failure("connect", e.InnerException is { } cause ? $"{e.Message} {cause.Message}" : e.Message);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            return Failure("connect", e.Message);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or UriFormatException)
        {
            return Failure("refused", e.Message);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Failure("timeout", "no answer in time");
        }
    }

    private static Value Failure(string kind, string message) => Value.Object(("failed", kind), ("message", message));

    /// <summary>Headers the caller set go to the first address only: what a redirect leads to gets no credentials.</summary>
    private static HttpRequestMessage Request(Value call, HttpMethod method, Uri url, string key, bool isFirst)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.Add("Idempotency-Key", key);
        if (call["content"].Kind == ValueKind.String && method != HttpMethod.Get)
            request.Content = new StringContent(call["content"].String,
                Encoding.UTF8) { Headers = { ContentType = MediaTypeHeaderValue.Parse(call["contentType"].String) } };
        if (!isFirst) return request;
        foreach (var (name, value) in call["headers"].Members)
            if (!request.Headers.TryAddWithoutValidation(name, value.ToText()))
                request.Content?.Headers.TryAddWithoutValidation(name, value.ToText());
        return request;
    }

    private static async Task<Value> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        using var buffer = new MemoryStream();
        var part = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(part, ct)) > 0;)
        {
            if (buffer.Length + read > MaxAnswer) return Failure("refused", $"the answer is larger than {MaxAnswer / 1024 / 1024} MB");
            buffer.Write(part, 0, read);
        }
        var headers = response.Headers.Concat(response.Content.Headers).Where(h => !h.Key.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase));
        return Value.Object(("statusCode", (int)response.StatusCode), ("content", Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)),
            ("contentType", response.Content.Headers.ContentType?.MediaType),
                ("headers", Value.Object([.. headers.Select(h => (h.Key, (Value)string.Join(", ", h.Value)))])));
    }

    public void Dispose() => _client.Dispose();
}
