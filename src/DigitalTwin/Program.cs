using DigitalTwin;
using DigitalTwin.Hosting;
using DigitalTwin.Hosting.Lambda;

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
    return Environment.ExitCode;
}
catch (Exception e)
{
    await LambdaFeature.ReportFailedStartAsync(e);
    if (StartFailure.Explain(e) is not { } reason)
    {
        throw;
    }

    Console.Error.WriteLine(reason);
    return 1;
}
