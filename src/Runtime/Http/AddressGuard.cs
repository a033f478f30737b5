using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace CrmFlow.Runtime;

/// <summary>
/// Where processes may call: public addresses only, unless <c>Http:AllowedHosts</c> (comma separated <c>host:port</c>) names one inside. The address
/// is judged after the name was resolved and the connection is made to that very address, for every redirect anew.
/// </summary>
internal sealed class AddressGuard(IConfiguration configuration)
{
    private readonly HashSet<string> _inside = [.. (configuration["Http:AllowedHosts"] ?? "")
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(h => h.ToLowerInvariant())];

    public async ValueTask<Stream> ConnectAsync(DnsEndPoint to, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(to.Host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(to.Host, ct);
        var isNamed = _inside.Contains($"{to.Host}:{to.Port}".ToLowerInvariant());
        var allowed = addresses.Where(a => isNamed || IsPublic(a)).ToArray();
        if (allowed.Length == 0) throw new AddressRefusedException(
            $"{to.Host}:{to.Port} is not an address processes may call. An administrator can name it in Http:AllowedHosts.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, to.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Nothing private, local, reserved, multicast or of documentation; an IPv4 address inside an IPv6 one is judged as what it is.
    /// </summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var b = address.GetAddressBytes();
        if (b.Length == 4) return IsPublic(b);
        if (b.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0) return false; // unspecified, loopback, IPv4-compatible
        if (b[0] == 0x00 && b[1] == 0x64 && b[2] == 0xFF && b[3] == 0x9B) return b[4] == 0 && b[5] == 0 && IsPublic(b[12..16]); // NAT64
        if (b[0] == 0x20 && b[1] == 0x02) return IsPublic(b[2..6]); // 6to4
        // Teredo and other special uses, documentation
        if (b[0] == 0x20 && b[1] == 0x01 && (b[2] < 0x02 || b[2] == 0x0D && b[3] == 0xB8)) return false;
        return (b[0] & 0xE0) == 0x20; // global unicast only: not fc00::/7, fe80::/10, fec0::/10, ff00::/8
    }

    private static bool IsPublic(byte[] b) => b[0] switch
    {
        0 or 10 or 127 or >= 224 => false,
        100 => b[1] is < 64 or > 127,
        169 => b[1] != 254,
        172 => b[1] is < 16 or > 31,
        192 => b[1] != 168 && !(b[1] == 0 && b[2] is 0 or 2) && !(b[1] == 88 && b[2] == 99),
        198 => b[1] is not (18 or 19) && !(b[1] == 51 && b[2] == 100),
        203 => !(b[1] == 0 && b[2] == 113),
        _ => true,
    };
}

/// <summary>A process asked for an address it may not call.</summary>
internal sealed class AddressRefusedException(string message) : Exception(message);
