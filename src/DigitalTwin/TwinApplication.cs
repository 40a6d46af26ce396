namespace DigitalTwin;

/// <summary>The application as a list: what it is made of, in the order a request meets it.</summary>
public static class TwinApplication
{
    public static void AddTwin(this WebApplicationBuilder builder)
    {
    }

    public static void MapTwin(this WebApplication app)
    {
    }
}
