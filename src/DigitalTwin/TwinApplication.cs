using DigitalTwin.Aws;
using DigitalTwin.Chat;
using DigitalTwin.Engines;
using DigitalTwin.Hosting;
using DigitalTwin.Hosting.Lambda;
using DigitalTwin.Jobs;
using DigitalTwin.Knowledge;
using DigitalTwin.Memory;
using DigitalTwin.Owner;
using DigitalTwin.Persona;
using DigitalTwin.Storage;

namespace DigitalTwin;

/// <summary>The application as a list: what it is made of, and what is mapped where.</summary>
public static class TwinApplication
{
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var rehearsal = LambdaRehearsal.Begin();

        // Settings are read once, so nothing needs to watch their files.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        builder.Services.AddSingleton(rehearsal);
        return builder;
    }

    public static void AddTwin(this WebApplicationBuilder builder)
    {
        builder.AddAws();
        builder.AddHosting();
        builder.Services.AddStorage(builder.Configuration, builder.Environment.ContentRootPath);
        builder.Services.AddJobs(builder.Configuration);
        builder.Services.AddOwner(builder.Configuration);
        builder.Services.AddMemory(builder.Configuration);
        builder.Services.AddPersona();
        builder.Services.AddKnowledge(builder.Configuration);
        builder.Services.AddEngines(builder.Configuration);
        builder.Services.AddChat();
    }

    /// <summary>The command <c>setup-storage</c>: makes the table and the bucket that the settings name. Returns the process's exit code.</summary>
    public static async Task<int> SetUpStorageAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        await StorageSetup.RunAsync(builder.Configuration, builder.Environment.ContentRootPath, Console.Out);
        return 0;
    }

    public static void MapTwin(this WebApplication app)
    {
        app.UseHosting();
        app.MapChat();
        app.MapMemory();
        app.MapPersona();

        var owner = app.MapOwner();
        owner.MapPersonaEditor();
        owner.MapKnowledge();
        owner.MapJobs();
    }
}
