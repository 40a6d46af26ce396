/** The page's own window; a test that wants an embedded page gives it another `top`. */
export const window: { top: unknown } = { top: null };
window.top = window;

/** Where `online` and `offline` are heard. */
export const network = new EventTarget();

export function storage(): Storage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  };
}

/** Frames come when a test says so. */
export const frames = {
  waiting: new Map<number, FrameRequestCallback>(),
  last: 0,
  request: (callback: FrameRequestCallback): number => {
    frames.waiting.set(++frames.last, callback);
    return frames.last;
  },
  cancel: (id: number): void => void frames.waiting.delete(id),
  clear: (): void => frames.waiting.clear(),
  /** Draws one frame. */
  draw: (): void => {
    const callbacks = [...frames.waiting.values()];
    frames.waiting.clear();
    callbacks.forEach((callback) => callback(0));
  },
};

/** The address bar. */
export const address = {
  location: { pathname: '/' },
  history: {
    pushState: (_: unknown, __: string, path: string) => address.go(path),
    replaceState: (_: unknown, __: string, path: string) => address.go(path),
  },
  go(path: string): void {
    address.location.pathname = path;
  },
};

/** Channels between tabs, delivered at once, never to the sender. */
class Channel extends EventTarget {
  constructor(readonly name: string) {
    super();
    tabs.all.push(this);
  }

  postMessage(data: unknown): void {
    for (const other of tabs.all.filter((one) => one !== this && one.name === this.name)) {
      other.dispatchEvent(new MessageEvent('message', { data: structuredClone(data) }));
    }
  }
}

export const tabs = { all: [] as Channel[], Channel };
