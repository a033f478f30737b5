using System.Buffers;
using System.Text;

namespace CrmFlow.Engine;

/// <summary>A growing buffer of pooled bytes to write JSON into; <see cref="ToString"/> reads them as UTF-8. Valid until disposed.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;

    public void Advance(int count) => _length += count;
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var wanted = _length + Math.Max(sizeHint, 1);
        if (wanted > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, 2 * _bytes.Length));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        return _bytes.AsMemory(_length);
    }

    public override string ToString() => Encoding.UTF8.GetString(_bytes, 0, _length);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }
}
