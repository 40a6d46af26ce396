using DigitalTwin;
using DigitalTwin.Hosting;

try
{
    if (args is ["setup-storage", .. var settings])
    {
        await TwinApplication.SetUpStorageAsync(settings);
        return 0;
    }

    var builder = WebApplication.CreateSlimBuilder(args);
    builder.AddTwin();

    var app = builder.Build();
    app.MapTwin();
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (StartFailure.Explain(e) is { } reason)
{
    Console.Error.WriteLine(reason);
    return 1;
}
