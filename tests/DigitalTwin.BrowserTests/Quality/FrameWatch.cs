using Microsoft.Playwright;

namespace DigitalTwin.BrowserTests.Quality;

/// <summary>What a page's frames were like while something went on.</summary>
internal sealed class FrameFigures
{
    /// <summary>The longest task of the main thread in milliseconds; the browser tells of those above 50 only.</summary>
    public double LongestTask { get; set; }

    public int LongTasks { get; set; }

    /// <summary>Milliseconds between frames: they hold the machine's hiccups as well, so they are told and not judged.</summary>
    public double LongestFrame { get; set; }

    public double P99Frame { get; set; }

    public int Frames { get; set; }

    /// <summary>Markup that was to be seen raw, with what stood around it.</summary>
    public string[] RawMarkup { get; set; } = [];

    public override string ToString() =>
        FormattableString.Invariant($"{Frames} frames: p99 {P99Frame:0.0} ms, longest {LongestFrame:0.0} ms; {LongTasks} tasks above 50 ms, longest {LongestTask:0} ms");
}

internal static class FrameWatch
{
    /// <summary>Looks at every frame from now on: how long it took, and whether the newest answer shows markup outside of code.</summary>
    public static Task StartAsync(IPage page) => page.EvaluateAsync(
        """
        () => {
          const watch = window.frameWatch = { frames: [], tasks: [], raw: new Set(), runs: true };
          watch.observer = new PerformanceObserver(list => watch.tasks.push(...list.getEntries().map(entry => entry.duration)));
          watch.observer.observe({ type: 'longtask' });
          const raw = /\*\*|```|~~~|\]\(|\|[ ]?:?-|(^|\n)#{1,6}[ \n]|(^|\n)#{1,6}$|(^|\n)[ ]*[-*][ ]*$/;
          let before = performance.now();
          const look = now => {
            watch.frames.push(now - before);
            before = now;
            // Settled blocks do not change: the last two are where a flash can be.
            for (const block of [...document.querySelectorAll('article.latest .answer > *')].slice(-2)) {
              if (!block.matches('.code')) {
                const text = block.matches('pre, .code') ? '' : block.textContent;
                const hit = raw.exec(text);
                if (hit && !block.querySelector('code')?.textContent.includes(hit[0])) {
                  watch.raw.add(text.slice(Math.max(0, hit.index - 30), hit.index + 30));
                }
              }
            }
            if (watch.runs) requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        }
        """);

    public static Task<FrameFigures> EndAsync(IPage page) => page.EvaluateAsync<FrameFigures>(
        """
        async () => {
          const watch = window.frameWatch;
          await new Promise(done => setTimeout(done, 100));
          watch.tasks.push(...watch.observer.takeRecords().map(entry => entry.duration));
          watch.runs = false;
          const sorted = watch.frames.slice(1).sort((a, b) => a - b);
          return {
            LongestTask: Math.max(0, ...watch.tasks), LongTasks: watch.tasks.length, LongestFrame: sorted.at(-1) ?? 0,
            P99Frame: sorted[Math.floor(sorted.length * 0.99)] ?? 0, Frames: sorted.length, RawMarkup: [...watch.raw],
          };
        }
        """);
}
