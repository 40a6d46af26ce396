namespace DigitalTwin.Benchmarks.Load;

/// <summary>Takes a chunked body (RFC 9112, 7.1) apart as it arrives.</summary>
internal struct ChunkDecoder
{
    private enum Part
    {
        Size,
        Extension,
        Data,
        DataEnd,
        Trailer,
    }

    private Part part;
    private int remaining;
    private bool trailerLineIsEmpty;

    /// <summary>Copies the data to <paramref name="body"/> and moves <paramref name="length"/> on. True behind the last byte of the body.</summary>
    public bool Decode(ReadOnlySpan<byte> received, Span<byte> body, ref int length)
    {
        for (var i = 0; i < received.Length;)
        {
            if (part is Part.Data)
            {
                var piece = received.Slice(i, Math.Min(remaining, received.Length - i));
                piece.CopyTo(body[length..]);
                length += piece.Length;
                i += piece.Length;
                remaining -= piece.Length;
                part = remaining == 0 ? Part.DataEnd : Part.Data;
            }
            else if (IsEnd(received[i++]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One byte of what stands around the data.</summary>
    private bool IsEnd(byte octet)
    {
        switch (part)
        {
            case Part.DataEnd:
                part = octet == '\n' ? Part.Size : Part.DataEnd;
                return false;
            case Part.Trailer:
                if (octet == '\n' && trailerLineIsEmpty)
                {
                    return true;
                }

                trailerLineIsEmpty = octet == '\n' || (octet == '\r' && trailerLineIsEmpty);
                return false;
            case Part.Size when octet != '\n' && char.IsAsciiHexDigit((char)octet):
                remaining = (remaining << 4) + (octet & 0xF) + ((octet & 0x40) == 0 ? 0 : 9);
                return false;
            default:
                part = octet == '\n' ? BehindSizeLine() : Part.Extension;
                return false;
        }
    }

    private Part BehindSizeLine()
    {
        trailerLineIsEmpty = true;
        return remaining == 0 ? Part.Trailer : Part.Data;
    }
}
