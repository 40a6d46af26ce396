import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, it } from 'vitest';
import { GrowingMarkdown, Markdown, type Block, type Cite } from '../../src/visitor/markdown';
import { cutAtRandom, randomNumbers } from '../support/random';
import { documents } from './documents';

const cite: Cite = (n) => (n === 1 || n === 2 ? <b class="chip">{n}</b> : null);
/** As a browser shows it: outside of code, white space is one space, and none at a block's borders. */
const html = (node: VNode) =>
  renderToString(node).split(/(<pre.*?<\/pre>)/s).map((part, index) => (index % 2 ? part : part.replace(/\s+/g, ' ').replace(/ ?(<\/?(?:p|li|td)>) ?/g, '$1'))).join('');
const drawn = (block: Block) => html(<Markdown block={block} cite={cite} />);
const whole = (raw: string) => drawn({ key: 0, raw, below: 2 });
const grown = (growing: GrowingMarkdown, open: readonly Block[]) =>
  [...growing.settled, ...open].map(drawn).join('');

describe('an answer that grows', () => {
  describe.each(Object.entries(documents))('%s', (_, text) => {
    it('looks at every length as the whole text does', () => {
      const growing = new GrowingMarkdown();
      for (let length = 1; length <= text.length; length++) {
        const open = growing.update(text.slice(0, length));

        expect(grown(growing, open), JSON.stringify(text.slice(0, length))).toBe(whole(text.slice(0, length)));
      }
    });

    it('looks as the whole text does, wherever it was cut', () => {
      const random = randomNumbers(text.length);
      for (let run = 0; run < 60; run++) {
        const growing = new GrowingMarkdown();
        let soFar = '';
        let open: readonly Block[] = [];
        for (const chunk of cutAtRandom(text, random, 1 + run)) {
          open = growing.update((soFar += chunk));
        }

        expect(grown(growing, open)).toBe(whole(text));
      }
    });

    it('never changes a settled block', () => {
      const growing = new GrowingMarkdown();
      const seen: string[] = [];
      for (let length = 1; length <= text.length; length++) {
        growing.update(text.slice(0, length));

        expect(growing.settled.slice(0, seen.length).map((block) => block.raw)).toEqual(seen);
        expect(growing.settled.map((block) => block.key)).toEqual(growing.settled.map((_, index) => index));
        seen.splice(0, seen.length, ...growing.settled.map((block) => block.raw));
      }
    });
  });

  it('looks as the whole text does, whatever the documents are put together from', () => {
    const random = randomNumbers(7);
    const lines = Object.values(documents).flatMap((text) => text.split('\n'));
    for (let run = 0; run < 1000; run++) {
      const text = Array.from({ length: 8 }, () => lines[Math.floor(random() * lines.length)]).join('\n');
      const growing = new GrowingMarkdown();
      let soFar = '';
      let open: readonly Block[] = [];
      for (const chunk of cutAtRandom(text, random, 6)) {
        open = growing.update((soFar += chunk));
      }

      expect(grown(growing, open), JSON.stringify(text)).toBe(whole(text));
    }
  });
});

describe('half-open markup', () => {
  /** The text that a reader sees, code left out: there such characters are meant. */
  const shown = (growing: GrowingMarkdown, open: readonly Block[]) => {
    const settled = growing.settled.map((block) => <Markdown block={block} cite={cite} />);
    const rest = open.map((block, index) => <Markdown block={block} isOpen={index === open.length - 1} cite={cite} />);
    return renderToString(<>{settled}{rest}</>).replace(/<div class="code">.*?<\/pre><\/div>|<code>.*?<\/code>/gs, '').replace(/<[^>]*>/g, '\n').trim();
  };
  const marks = /\*\*|`|~~|\]\(|^[-*+#>|=~_]+$|^\d{1,2}[.)]$|^#{1,6} |\|[ :-]*-[ :-]*\|/m;

  it.each(['prose', 'lists', 'headings', 'code', 'tables', 'quotes'])('never flashes up in %s', (name) => {
    const text = documents[name]!;
    const growing = new GrowingMarkdown();
    for (let length = 1; length <= text.length; length++) {
      const open = growing.update(text.slice(0, length));

      expect(shown(growing, open), JSON.stringify(text.slice(0, length))).not.toMatch(marks);
    }
  });
});

describe('markdown', () => {
  const link = (href: string, text: string) => `<a href="${href}" target="_blank" rel="noopener noreferrer">${text}</a>`;

  it.each(['https://example.org/a', 'http://example.org/', 'mailto:ada@example.org', 'tel:+441234', 'HTTPS://EXAMPLE.ORG/'])('leads to %s', (address) => {
    expect(whole(`[here](${address})`)).toBe(`<p>${link(address, 'here')}</p>`);
  });

  it.each([
    'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', '//example.org', '/s/x', '#top', 'https:example.org',
    '&#106;avascript:alert(1)', 'java&#10;script:alert(1)', 'blob:https://x/y', ' ', '\\javascript:alert(1)',
  ])('shows only the text of a link to %s', (address) => {
    expect(whole(`[here](<${address}>)`)).not.toContain('<a');
    expect(whole(`[**here**](${address})`)).not.toContain('<a');
  });

  it('does not let a title, an attribute or markup out of an address', () => {
    expect(whole('[x](https://example.org/"onmouseover="alert(1)" "t")')).not.toContain(' onmouseover=');
    expect(whole('<https://example.org/"><img src=x>')).not.toContain('<img');
    expect(whole("[x](https://example.org 'a\"><script>')")).not.toContain('<script');
  });

  it('shows HTML as text', () => {
    expect(whole('a <b onclick="x()">c</b>')).toBe('<p>a &lt;b onclick=&quot;x()&quot;>c&lt;/b></p>');
    expect(whole('<script>alert(1)</script>')).toContain('&lt;script>');
    expect(whole('<!-- hidden -->')).toContain('&lt;!--');
    expect(whole('- <svg onload=x>')).not.toContain('<svg');
    expect(whole('| <i>a</i> |\n|---|\n| <iframe> |')).not.toMatch(/<i>|<iframe/);
  });

  it('never shows a picture', () => {
    expect(whole('![a view](https://example.org/pixel.png)')).toBe('<p>a view</p>');
    expect(whole('[![a view](https://example.org/p.png)](https://example.org/)')).toBe(`<p>${link('https://example.org/', 'a view')}</p>`);
    expect(whole('![ref]\n\n[ref]: https://example.org/p.png')).not.toContain('<img');
  });

  it('reads character references once, and only those it knows', () => {
    expect(whole('AT&amp;T &lt;b&gt; &#233; &#xE9; &nbsp;&mdash;')).toBe('<p>AT&amp;T &lt;b> é é \u00a0—</p>'.replace(/\s+/g, ' '));
    expect(whole('&amp;lt; &unknown; &toString; &#0; &#xD800; &#x110000;')).toBe('<p>&amp;lt; &amp;unknown; &amp;toString; \ufffd \ufffd \ufffd</p>');
    expect(whole('`&amp;`')).toBe('<p><code>&amp;amp;</code></p>');
  });

  it('makes chips of known citations only, on the line of the word before', () => {
    expect(whole('I was born in 1815. [1] Or not. [3] [2]')).toBe(
      '<p>I was born in <span class="cited">1815.<b class="chip">1</b></span> Or not. [3]<span class="cited"><b class="chip">2</b></span></p>',
    );
    expect(whole('`[1]`')).toBe('<p><code>[1]</code></p>');
    expect(whole('**bold [1]**')).toBe('<p><strong><span class="cited">bold<b class="chip">1</b></span></strong></p>');
    expect(whole('both [1][2]')).toContain('<b class="chip">1</b></span><span class="cited"><b class="chip">2</b>');
    expect(whole('[1](https://example.org)')).toContain('<a');
    expect(whole('[0] [1234] [01a]')).toBe('<p>[0] [1234] [01a]</p>');
  });

  it('nests', () => {
    expect(whole('> - a **b *c* `d`**\n>   1. e')).toBe(
      '<blockquote><ul><li>a <strong>b <em>c</em> <code>d</code></strong><ol start="1"><li>e</li></ol></li></ul></blockquote>',
    );
    expect(whole('3. three\n4. four')).toBe('<ol start="3"><li>three</li><li>four</li></ol>');
    expect(whole('- [x] done')).toBe('<ul><li class="task"><span aria-hidden="true">☑ </span>done</li></ul>');
  });

  it('has headings from the third level on, and skips none', () => {
    expect([1, 2, 3, 6].map((depth) => whole(`${'#'.repeat(depth)} x`))).toEqual(Array(4).fill('<h3>x</h3>'));
    expect(whole('# a\n\n### b\n\n###### c\n\n## d')).toBe('<h3>a</h3><h4>b</h4><h5>c</h5><h3>d</h3>');
  });

  it('keeps code as it was written', () => {
    expect(whole('```html\n<b>&amp;</b>  [1]\n```')).toContain('<code>&lt;b>&amp;amp;&lt;/b>  [1]</code>');
    expect(whole('```js title="x"\n```')).toContain('<span>js</span>');
  });

  it('does not read an address from somewhere else in the text', () => {
    expect(whole('[x][y]\n\n[y]: https://example.org')).not.toContain('<a href="https://example.org" target="_blank" rel="noopener noreferrer">x');
  });
});
