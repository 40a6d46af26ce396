using DigitalTwin.Tests.Testing;
using Microsoft.Playwright;

namespace DigitalTwin.BrowserTests.Quality;

/// <summary>
/// Pictures for people to look at, in the folder that the environment variable <c>TWIN_SCREENSHOTS</c> names; <c>artifacts/screenshots</c>
/// of the repository otherwise.
/// </summary>
internal static class Screenshots
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("TWIN_SCREENSHOTS") ?? Repository.Path("artifacts", "screenshots");

    /// <summary>Keeps the picture and returns how many colours it has: one is a blank page.</summary>
    public static async Task<int> TakeAsync(IPage page, string name)
    {
        Directory.CreateDirectory(Folder);
        var picture = await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, name + ".png"), Animations = ScreenshotAnimations.Disabled });
        return await page.EvaluateAsync<int>(
            """
            async png => {
              const image = new Image();
              image.src = 'data:image/png;base64,' + png;
              await image.decode();
              const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
              canvas.drawImage(image, 0, 0);
              return new Set(new Uint32Array(canvas.getImageData(0, 0, image.width, image.height).data.buffer)).size;
            }
            """,
            Convert.ToBase64String(picture));
    }
}
