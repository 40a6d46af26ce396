using Xunit;

namespace DigitalTwin.Tests.Storage.Embedded;

internal static class Modes
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void AssertFile(string path) => Assert.Equal(OwnerFile, OperatingSystem.IsWindows() ? OwnerFile : File.GetUnixFileMode(path));

    public static void AssertFolder(string path)
    {
        const UnixFileMode ownerFolder = OwnerFile | UnixFileMode.UserExecute;
        Assert.Equal(ownerFolder, OperatingSystem.IsWindows() ? ownerFolder : File.GetUnixFileMode(path));
    }
}
