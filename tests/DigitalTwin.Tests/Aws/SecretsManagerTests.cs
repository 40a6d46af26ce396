using DigitalTwin.Aws;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Aws;

[Collection(OneMoto.Name)]
public sealed class SecretsManagerTests(MotoServer moto)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_secret_is_read_by_name_and_the_current_version_counts()
    {
        using var aws = new EmulatedAws(moto);
        await aws.CreateSecretAsync("signed/first", "the old text");
        await aws.SendAsync("secretsmanager", "PutSecretValue", """{"SecretId":"signed/first","SecretString":"größe 🙂","ClientRequestToken":"0123456789abcdef0123456789abcdef"}""");

        Assert.Equal("größe 🙂", await new SecretsManager(aws.Client).GetTextAsync("signed/first", Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_binary_secret_has_no_text()
    {
        using var aws = new EmulatedAws(moto);
        await aws.SendAsync("secretsmanager", "CreateSecret", """{"Name":"signed/binary","SecretBinary":"AAEC","ClientRequestToken":"0123456789abcdef0123456789abcdef"}""");

        Assert.Null(await new SecretsManager(aws.Client).GetTextAsync("signed/binary", Cancellation));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_secret_is_named_by_its_code()
    {
        using var aws = new EmulatedAws(moto);

        var failure = await Assert.ThrowsAsync<AwsServiceException>(() => new SecretsManager(aws.Client).GetTextAsync("signed/nowhere", Cancellation));

        Assert.Equal(("ResourceNotFoundException", false), (failure.Code, failure.IsTransient));
        Assert.StartsWith("Secrets Manager GetSecretValue failed: ResourceNotFoundException (status ", failure.Message, StringComparison.Ordinal);
    }
}
