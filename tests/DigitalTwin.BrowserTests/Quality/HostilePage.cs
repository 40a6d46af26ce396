namespace DigitalTwin.BrowserTests.Quality;

/// <summary>The scripts by which tests look at what became of hostile strings.</summary>
internal static class HostilePage
{
    /// <summary>Given elements, says which of them (or of their attributes) no text may bring onto the page.</summary>
    private const string Check =
        """
        const kinds = new Set(('p h2 h3 h4 h5 ul ol li blockquote hr div table thead tbody tr th td strong em del code pre br a span button svg path rect circle line polyline '
          + 'article nav header footer main section form label textarea input select option dialog dl dt dd i h1').split(' '));
        const attributes = new Set(('class href target rel role tabindex start scope type title id for rows name value placeholder autocomplete enterkeyhint hidden disabled '
          + 'viewbox d x y x1 x2 y1 y2 cx cy r rx ry width height points maxlength lang open style').split(' '));
        const complaints = element => [
          ...(kinds.has(element.localName) ? [] : ['<' + element.localName + '>']),
          ...[...element.attributes].filter(a => !attributes.has(a.name.toLowerCase()) && !/^(aria|data)-/.test(a.name)).map(a => '<' + element.localName + ' ' + a.name + '>'),
          ...(element.closest('svg') && !element.closest('svg.icon') ? ['a foreign svg'] : []),
          ...(element.localName === 'a' && !element.matches('.skip')
              && !(/^(https?|mailto|tel):$/.test(element.protocol) && element.rel === 'noopener noreferrer' && element.target === '_blank') ? ['a link to ' + element.href] : []),
        ];

        """;

    /// <summary>Asks each text in a conversation of its own; the model says the same back.</summary>
    public const string AskAll = "async texts => {" + Check +
        """
          const one = selector => document.querySelector(selector);
          const frame = () => new Promise(requestAnimationFrame);
          const found = [];
          for (const text of texts) {
            one('#new-conversation').click();
            one('#question').value = text;
            one('#question').dispatchEvent(new Event('input', { bubbles: true }));
            one('#composer').requestSubmit();
            const end = performance.now() + 20000;
            do {
              await frame();
            } while (performance.now() < end && (!one('article.latest') || one('article.latest').getAttribute('aria-busy') !== 'false'));
            await frame();
            const [turn, answer] = [one('article.latest'), one('article.latest .answer')];
            const faults = answer ? [...answer.querySelectorAll('*')].flatMap(complaints) : ['no answer: ' + turn?.textContent.slice(0, 200)];
            if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
              faults.push('the page scrolls sideways');
            }
            found.push({
              question: turn?.querySelector('.question p')?.textContent ?? '', answer: answer?.textContent ?? '',
              links: [...(answer?.querySelectorAll('a') ?? [])].map(a => a.getAttribute('href')), faults,
            });
          }
          return found;
        }
        """;

    /// <summary>What within an element should not be there.</summary>
    public const string Forbidden = "selector => {" + Check +
        "return [...document.querySelectorAll(selector + ' *:not(script#twin-page, noscript)')].flatMap(complaints); }";

    /// <summary>Collects in <c>window.seen</c> whatever is there for a moment only.</summary>
    public const string Watch = "() => {" + Check +
        """
          window.seen = [];
          new MutationObserver(records => {
            for (const { target, addedNodes } of records) {
              for (const node of [target, ...addedNodes].filter(node => node.nodeType === 1)) {
                window.seen.push(...[node, ...node.querySelectorAll('*')].flatMap(complaints));
              }
            }
          }).observe(document.getElementById('conversation'), { subtree: true, childList: true, attributes: true });
        }
        """;
}
