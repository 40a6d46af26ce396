using DigitalTwin;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddTwin();

var app = builder.Build();
app.MapTwin();
await app.RunAsync();
