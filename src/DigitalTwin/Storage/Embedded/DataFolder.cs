using System.Runtime.InteropServices;
using System.Text;

namespace DigitalTwin.Storage.Embedded;

/// <summary>Files and folders that only their owner may read, and the flushes that make a rename or a deletion last.</summary>
internal static class DataFolder
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode700 = FileMode600 | UnixFileMode.UserExecute;

    /// <summary>Makes the folder when it is absent.</summary>
    /// <exception cref="StorageUnavailableException">It cannot be made or written; the message names it.</exception>
    public static void Create(string folder)
    {
        try
        {
            if (!Directory.Exists(folder))
            {
                CreateDurably(Path.GetFullPath(folder));
            }
        }
        catch (Exception e) when (IsFileError(e))
        {
            throw new StorageUnavailableException($"The data folder '{folder}' cannot be created: {e.Message}", e);
        }
    }

    /// <summary>Opens for reading and writing, unbuffered. The caller disposes the handle's stream.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share = FileShare.Read) =>
        new(path, Options(mode, FileAccess.ReadWrite, share));

    public static FileStream OpenRead(string path) => new(path, Options(FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Makes creations, renames and deletions in the folder survive a power cut.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals its directories; they cannot be flushed one by one.
        }

        var descriptor = NativeMethods.Open(Encoding.UTF8.GetBytes(folder + '\0'), flags: 0);
        if (descriptor < 0)
        {
            throw new IOException($"The folder '{folder}' cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
        }

        var failed = NativeMethods.Flush(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = NativeMethods.Close(descriptor);
        if (failed)
        {
            throw new IOException($"The folder '{folder}' cannot be flushed (errno {error}).");
        }
    }

    public static bool IsFileError(Exception e) => e is IOException or UnauthorizedAccessException;

    private static void CreateDurably(string folder)
    {
        var parent = Path.GetDirectoryName(folder);
        if (parent is not null && !Directory.Exists(parent))
        {
            CreateDurably(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        Directory.CreateDirectory(folder, FolderMode700);
        if (parent is not null)
        {
            Flush(parent);
        }
    }

    private static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode600;
        }

        return options;
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Flush(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
