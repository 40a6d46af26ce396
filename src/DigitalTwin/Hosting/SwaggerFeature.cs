using System.Runtime.CompilerServices;
using Microsoft.OpenApi;

namespace DigitalTwin.Hosting;

/// <summary>The OpenAPI document and its page, only where code may be made at run time (they rest on reflection).</summary>
internal static class SwaggerFeature
{
    public static void AddTwinSwagger(this IServiceCollection services)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            return;
        }

        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(swagger =>
        {
            swagger.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "DigitalTwin",
                Version = "v1",
                Description = "Talk to the twin, see and erase what it remembers of you, and, as its owner, tell it who it is and what it knows. "
                    + "Errors are RFC 9457 problem details with a stable `code`.",
            });
            swagger.SupportNonNullableReferenceTypes();
            swagger.NonNullableReferenceTypesAsRequired();
            swagger.AddSecurityDefinition("ownerKey", new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The owner key; a fresh start prints where it is.",
            });
            swagger.SchemaFilter<SwaggerExamples>();
            swagger.OperationFilter<SwaggerOperations>();
            foreach (var comments in Directory.EnumerateFiles(AppContext.BaseDirectory, "DigitalTwin.xml"))
            {
                swagger.IncludeXmlComments(comments);
            }
        });
    }

    public static void UseTwinSwagger(this WebApplication app)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            return;
        }

        app.UseSwagger();
        app.UseSwaggerUI(page =>
        {
            page.DocumentTitle = "DigitalTwin API";
            page.SwaggerEndpoint("/swagger/v1/swagger.json", "DigitalTwin v1");
        });
    }
}
