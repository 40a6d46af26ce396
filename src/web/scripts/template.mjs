import * as lucide from 'lucide';

const used = { ask: lucide.ArrowUp, stop: lucide.Square, menu: lucide.Menu, knows: lucide.UserRoundSearch, new: lucide.SquarePen, offline: lucide.WifiOff };

/** Puts an icon where index.html says `<i data-icon="name"></i>`, so that it is there before any script. */
export function inlineIcons() {
  return {
    name: 'inline-icons',
    transformIndexHtml: (html) =>
      html.replace(/<i data-icon="([\w-]+)"><\/i>/g, (_, name) => {
        if (!used[name]) {
          throw new Error(`index.html wants the icon ${name}, which scripts/template.mjs does not know.`);
        }
        const shapes = used[name].map(([tag, attributes]) => `<${tag}${Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`).join('')}/>`);
        return `<svg class="icon icon-${name}" viewBox="0 0 24 24" aria-hidden="true">${shapes.join('')}</svg>`;
      }),
  };
}

/** For `npm run dev`: fills in the persona as the server does when it serves the page. */
export function fillTemplate(server) {
  const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
  return {
    name: 'fill-template',
    async transformIndexHtml(html) {
      const profile = await (await fetch(`${server}/api/persona`)).json();
      const words = profile.name.trim().split(/\s+/);
      const values = {
        name: escape(profile.name), headline: escape(profile.headline), greeting: escape(profile.greeting), theme: '0',
        initials: escape((words[0][0] + (words.length > 1 ? words.at(-1)[0] : '')).toUpperCase()),
        page: JSON.stringify({ profile, version: 0, retentionDays: 90 }).replaceAll('<', '\\u003c'),
      };
      return html
        .replace(/\{\{#suggestions\}\}(.*?)\{\{\/suggestions\}\}/gs, (_, item) => profile.suggestions.map((s) => item.replace('{{.}}', () => escape(s))).join(''))
        .replace(/\{\{(\w+)\}\}/g, (all, key) => values[key] ?? all);
    },
  };
}
