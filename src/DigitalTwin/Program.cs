using DigitalTwin;
using DigitalTwin.Hosting;

try
{
    if (args is ["setup-storage", .. var settings])
    {
        return await TwinApplication.SetUpStorageAsync(settings);
    }

    var builder = TwinApplication.CreateBuilder(args);
    builder.AddTwin();

    var app = builder.Build();
    app.MapTwin();
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (Exception e)
{
    return await StartFailure.EndAsync(e);
}
