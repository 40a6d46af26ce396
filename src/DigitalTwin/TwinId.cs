using System.Buffers.Text;
using System.Security.Cryptography;

namespace DigitalTwin;

/// <summary>Ids that cannot be guessed: 128 random bits as 22 characters of base64url behind a short prefix.</summary>
public static class TwinId
{
    public static string New(string prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return string.Concat(prefix, Base64Url.EncodeToString(bytes));
    }
}
