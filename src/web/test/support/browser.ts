import { beforeEach } from 'vitest';
import { address, frames, network, storage, tabs, window } from './fakes';

/** What the modules under test expect of a browser, in each test file before any of them is loaded. */
const texts: Record<string, { textContent: string }> = {
  'twin-page': {
    textContent: JSON.stringify({
      profile: { name: 'Ada Lovelace', headline: '', greeting: '', suggestions: [], accent: '#2f5d50' },
      version: 1,
      retentionDays: 90,
    }),
  },
};

Object.assign(globalThis, {
  window,
  document: { getElementById: (id: string) => texts[id] ?? null, documentElement: { lang: 'en' } },
  localStorage: storage(),
  sessionStorage: storage(),
  history: address.history,
  location: address.location,
  requestAnimationFrame: frames.request,
  cancelAnimationFrame: frames.cancel,
  addEventListener: network.addEventListener.bind(network),
  removeEventListener: network.removeEventListener.bind(network),
  BroadcastChannel: tabs.Channel,
});
Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en'], onLine: true }, configurable: true, writable: true });

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  address.go('/');
  frames.clear();
});
