import css from './widget.css?inline';

/** Where this script came from is where the twin is, unless the element says otherwise. A module script cannot tell. */
const script = document.currentScript as HTMLScriptElement | null;
const home = script?.src ? new URL(script.src).origin : '';

/** Where the panel fills the window. */
const small = matchMedia('(max-width: 480px), (max-height: 480px)');

const svg = 'http://www.w3.org/2000/svg';
const bubble = 'M12 3.5c5 0 9 3.3 9 7.6s-4 7.6-9 7.6q-1.3 0-2.6-.3L5 20.5l.8-3.6C4.1 15.5 3 13.4 3 11.1c0-4.3 4-7.6 9-7.6zM8.7 11v.4M15.3 11v.4';
const cross = 'M6 6l12 12M18 6L6 18';
const away = 'M7 17L17 7M8 7h9v9';

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/**
 * `<digital-twin>`: a round button that opens the twin's page in a frame. Before the first press it requests nothing. It needs neither
 * inline styles nor markup from strings, so it works under a page's `style-src 'none'` and `require-trusted-types-for 'script'`.
 *
 * The page in the frame says `digital-twin:ready` and `digital-twin:close`; it is told how it is shown, by `digital-twin:panel` or
 * `digital-twin:full` and `digital-twin:light` or `digital-twin:dark`, and by `digital-twin:focus` that its visitor wants to type.
 */
class DigitalTwin extends HTMLElement {
  static observedAttributes = ['src', 'open', 'label', 'accent'];

  #root = this.attachShadow({ mode: 'open' });
  #launcher = button('launcher');
  #panel = document.createElement('dialog');
  #link = document.createElement('a');
  #frame: HTMLIFrameElement | null = null;
  #url: URL | null = null;
  #isConnected = false;
  #isOpen = false;
  /** Where the focus was when somebody opened the panel. It goes into the frame as soon as the page is there, unless it went elsewhere. */
  #focused: Element | null = null;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
    const close = button('close');
    close.ariaLabel = 'Close';
    draw(close, cross);
    close.addEventListener('click', () => this.close());
    this.#link.target = '_blank';
    this.#link.rel = 'noopener';
    this.#panel.id = 'panel';
    this.#panel.append(close, this.#link);
    // Where the panel fills the window, the browser closes it as well: by Escape, or by a phone's way back.
    this.#panel.addEventListener('close', () => this.#panel.open || this.close());
    this.#launcher.setAttribute('aria-controls', 'panel');
    this.#launcher.addEventListener('click', () => this.toggle());
    this.addEventListener('keydown', (event) => event.key === 'Escape' && this.close());
  }

  connectedCallback(): void {
    this.#isConnected = true;
    addEventListener('message', this.#onMessage);
    small.addEventListener('change', this.#onResize);
    this.#start();
    this.#name();
    // What would cover the whole page waits to be asked for.
    if (small.matches) {
      this.close();
    }
    if (this.hasAttribute('open')) {
      this.#show();
    }
  }

  disconnectedCallback(): void {
    this.#isConnected = false;
    removeEventListener('message', this.#onMessage);
    small.removeEventListener('change', this.#onResize);
    this.#hide();
    this.#forget();
  }

  attributeChangedCallback(attribute: string): void {
    if (!this.#isConnected) {
      return;
    }
    if (attribute === 'src') {
      this.close();
      this.#start();
    } else if (attribute !== 'open') {
      this.#name();
    } else if (this.hasAttribute('open')) {
      this.#show();
      this.#focused = document.activeElement;
      this.#enter();
    } else {
      this.#hide();
    }
  }

  open(): void {
    this.toggle(true);
  }

  close(): void {
    this.toggle(false);
  }

  toggle(force?: boolean): void {
    this.toggleAttribute('open', force);
  }

  /** Reads where the twin is, and shows the button if that can be. */
  #start(): void {
    const src = this.getAttribute('src') || home;
    const url = URL.canParse(src) ? new URL(src) : null;
    this.#forget();
    this.#root.replaceChildren();
    this.#url = url && /^https?:$/.test(url.protocol) ? url : null;
    if (this.#url) {
      this.#link.href = this.#url.href;
      draw(this.#link, away);
      this.#link.prepend(this.#url.host);
      this.#root.append(this.#launcher, this.#panel);
      this.#mark();
    } else {
      console.error(`<digital-twin>: src must be an http(s) address, not "${src}".`);
    }
  }

  #name(): void {
    const label = this.getAttribute('label') || 'Ask the AI twin';
    const accent = this.getAttribute('accent') ?? '';
    const isColour = /^#[\da-f]{6}$/i.test(accent);
    this.#launcher.ariaLabel = this.#panel.ariaLabel = label;
    this.#launcher.style.background = isColour ? accent : '';
    this.#launcher.style.color = isColour ? inkOn(accent) : '';
  }

  #show(): void {
    if (this.#isOpen || !this.#url) {
      return;
    }
    if (!this.#frame) {
      const frame = (this.#frame = document.createElement('iframe'));
      frame.title = this.#panel.ariaLabel!;
      frame.allow = 'clipboard-write';
      frame.src = this.#url.href;
      frame.addEventListener('load', () => (this.#panel.className ||= 'failed'));
      this.#link.before(frame);
    }
    this.#isOpen = true;
    this.#place();
    this.#changed();
  }

  #hide(): void {
    if (!this.#isOpen) {
      return;
    }
    const hadFocus = this.#panel.contains(this.#root.activeElement);
    this.#isOpen = false;
    this.#focused = null;
    this.#panel.close();
    if (hadFocus) {
      this.#launcher.focus();
    }
    if (this.#panel.className === 'failed') {
      this.#forget();
    }
    this.#changed();
  }

  #changed(): void {
    this.#mark();
    this.dispatchEvent(new CustomEvent(`digital-twin:${this.#isOpen ? 'open' : 'close'}`, { bubbles: true }));
  }

  #mark(): void {
    this.#launcher.ariaExpanded = String(this.#isOpen);
    draw(this.#launcher, this.#isOpen ? cross : bubble);
  }

  /** Over the whole window, with all behind it out of reach; or beside the button, and then the page stays in use. */
  #place(): void {
    if (small.matches) {
      this.#panel.showModal();
    } else {
      this.#panel.setAttribute('open', '');
    }
    this.#tellHow();
  }

  #tellHow(): void {
    this.#tell(small.matches ? 'full' : 'panel');
    // The style sheet lets the caret tell; a page in a frame knows the system's scheme only, not that of the page around it.
    this.#tell(getComputedStyle(this.#panel).caretColor === 'rgb(0, 0, 0)' ? 'light' : 'dark');
  }

  #enter(): void {
    if (this.#panel.className === 'ready' && this.#focused === document.activeElement) {
      this.#focused = null;
      this.#frame!.focus();
      this.#tell('focus');
    }
  }

  #tell(what: 'full' | 'panel' | 'light' | 'dark' | 'focus'): void {
    // Only to a page that spoke first: a browser's own error page would be one of another origin.
    if (this.#panel.className === 'ready') {
      this.#frame!.contentWindow!.postMessage(`digital-twin:${what}`, this.#url!.origin);
    }
  }

  /** The next opening begins with a new frame. */
  #forget(): void {
    this.#frame?.remove();
    this.#frame = null;
    this.#panel.className = '';
  }

  #onResize = () => {
    if (this.#isOpen) {
      const focused = this.#root.activeElement as HTMLElement | null;
      this.#panel.close();
      this.#place();
      focused?.focus();
    }
  };

  #onMessage = (event: MessageEvent) => {
    if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== this.#url!.origin) {
      return;
    }
    if (event.data === 'digital-twin:close') {
      this.close();
    } else if (event.data === 'digital-twin:ready') {
      this.#panel.className = 'ready';
      this.#tellHow();
      this.#enter();
    }
  };
}

function button(className: string): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = className;
  return made;
}

function draw(target: Element, line: string): void {
  const icon = document.createElementNS(svg, 'svg');
  const path = document.createElementNS(svg, 'path');
  icon.setAttribute('viewBox', '0 0 24 24');
  path.setAttribute('d', line);
  icon.append(path);
  target.replaceChildren(icon);
}

/** White where it has a contrast of 3:1, which WCAG 2.2 asks of icons; else the dark of the twin's page. */
function inkOn(accent: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(accent.slice(at, at + 2), 16) / 255) ** 2.2) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.29 ? '#fff' : '#171614';
}

if (!customElements.get('digital-twin')) {
  customElements.define('digital-twin', DigitalTwin);
}
