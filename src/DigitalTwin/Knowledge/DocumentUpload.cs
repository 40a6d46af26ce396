using System.Text;
using FluentValidation;
using Microsoft.Net.Http.Headers;

namespace DigitalTwin.Knowledge;

/// <summary>Reads a document from a request: a JSON object, or a form with one file.</summary>
internal static class DocumentUpload
{
    public static async Task<(DocumentSource? Source, TwinProblem? Problem)> ReadAsync(HttpRequest request, IValidator<NewDocument> validator)
    {
        if (request.HasJsonContentType())
        {
            var body = await request.ReadFromJsonAsync<NewDocument>(request.HttpContext.RequestAborted);
            if (body is null)
            {
                return (null, TwinProblem.Validation("The body must be a JSON object."));
            }

            return validator.Check(body) is { } problem
                ? (null, problem)
                : (new DocumentSource(null, TitleOrNull(body.Title), "Untitled", Encoding.UTF8.GetBytes(body.Text), body.MediaType ?? DocumentMediaTypes.Plain), null);
        }

        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? await ReadFormAsync(request, validator)
            : (null, TwinProblem.UnsupportedMediaType("Send application/json, or multipart/form-data with one file."));
    }

    private static async Task<(DocumentSource? Source, TwinProblem? Problem)> ReadFormAsync(HttpRequest request, IValidator<NewDocument> validator)
    {
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or IOException and not BadHttpRequestException)
        {
            // NotSupported is how the framework meets a part that says it is in UTF-7.
            return (null, TwinProblem.Validation("The form could not be read. Send multipart/form-data with a boundary and one file part, in UTF-8."));
        }

        if (form.Files.Count != 1)
        {
            return (null, TwinProblem.Validation("The form must hold exactly one file."));
        }

        var file = form.Files[0];
        if (DocumentMediaTypes.Of(file.FileName, file.ContentType) is not { } mediaType)
        {
            return (null, TwinProblem.UnsupportedMediaType("Documents may be plain text (.txt), Markdown (.md) or HTML (.html)."));
        }

        var name = Path.GetFileNameWithoutExtension(file.FileName) is { Length: > 0 } own ? own : "Untitled";
        var title = TitleOrNull(form["title"]);
        if (validator.Check(new NewDocument(title, name, mediaType)) is { } problem)
        {
            return (null, problem);
        }

        using var content = new MemoryStream((int)file.Length);
        await file.CopyToAsync(content, request.HttpContext.RequestAborted);
        return (new DocumentSource(null, title, name, content.ToArray(), mediaType), null);
    }

    private static string? TitleOrNull(string? title) => string.IsNullOrWhiteSpace(title) ? null : title.Trim();
}

/// <summary>The kinds of documents that can be read.</summary>
public static class DocumentMediaTypes
{
    public const string Plain = "text/plain";
    public const string Markdown = "text/markdown";
    public const string Html = "text/html";

    public static bool IsKnown(string mediaType) => mediaType is Plain or Markdown or Html;

    /// <summary>The kind by the file's extension, or else by its declared media type; null when it is none of ours.</summary>
    public static string? Of(string fileName, string? declared = null) => Path.GetExtension(fileName).ToLowerInvariant() switch
    {
        ".md" or ".markdown" => Markdown,
        ".txt" => Plain,
        ".html" or ".htm" => Html,
        "" when declared is not null && IsKnown(declared.Split(';')[0].Trim()) => declared.Split(';')[0].Trim(),
        _ => null,
    };
}

internal sealed class NewDocumentValidator : AbstractValidator<NewDocument>
{
    public NewDocumentValidator()
    {
        RuleFor(d => d.Title).MaximumLength(200).WithoutNul().OverridePropertyName("title");
        RuleFor(d => d.Text).NotEmpty().WithoutNul().OverridePropertyName("text");
        RuleFor(d => d.MediaType).Must(type => type is null || DocumentMediaTypes.IsKnown(type))
            .WithMessage("'mediaType' is text/plain, text/markdown or text/html.").OverridePropertyName("mediaType");
    }
}

internal sealed class KnowledgeQueryValidator : AbstractValidator<KnowledgeQuery>
{
    public const int DefaultTop = 10;

    public KnowledgeQueryValidator()
    {
        RuleFor(q => q.Query).NotEmpty().MaximumLength(4000).WithoutNul().OverridePropertyName("query");
        RuleFor(q => q.Top).InclusiveBetween(1, 100).OverridePropertyName("top");
    }
}
