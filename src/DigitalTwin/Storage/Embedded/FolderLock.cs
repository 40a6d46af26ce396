namespace DigitalTwin.Storage.Embedded;

/// <summary>
/// One process per folder: a file held open without sharing, which is an exclusive <c>flock</c> on Unix. The kernel lets go of it
/// when the process ends, however it ends, so there is never a stale lock to remove.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private const int Tries = 40;

    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <summary>
    /// Waits two seconds at most for whoever has it to let go: a service manager may start the next process while the last one is ending,
    /// and a program that the last one was just starting holds a copy of the lock until it runs.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Another process has the folder, or it cannot be written.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "lock");
        try
        {
            for (var tried = 1; ; tried++)
            {
                try
                {
                    return new FolderLock(DataFolder.Open(path, FileMode.OpenOrCreate, FileShare.None));
                }
                catch (IOException) when (tried < Tries && File.Exists(path))
                {
                    Thread.Sleep(Pause);
                }
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StorageUnavailableException($"The data folder '{folder}' cannot be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw File.Exists(path) && CanWrite(folder)
                ? new StorageUnavailableException($"The data folder '{folder}' is in use by another process; one process may open it at a time.", e)
                : new StorageUnavailableException($"The data folder '{folder}' cannot be written: {e.Message}", e);
        }
    }

    public void Dispose() => file.Dispose();

    /// <summary>A read-only file system fails like a taken lock does, but with both there is no doubt which.</summary>
    private static bool CanWrite(string folder)
    {
        var probe = Path.Combine(folder, TwinId.New("probe-"));
        try
        {
            DataFolder.Open(probe, FileMode.CreateNew).Dispose();
            File.Delete(probe);
            return true;
        }
        catch (Exception e) when (DataFolder.IsFileError(e))
        {
            return false;
        }
    }
}
