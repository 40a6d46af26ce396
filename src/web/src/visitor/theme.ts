import { signal } from '@preact/signals';
import { lasting } from '../shared/store';

export type Theme = 'auto' | 'light' | 'dark';

const key = 'twin.theme';
export const theme = signal<Theme>('auto');

/** What "automatic" is: undefined for the system's own, else that of the page around the widget. */
let automatic: 'light' | 'dark' | undefined;

/** Light, dark, or as the surroundings have it. */
export function useTheme(wanted: Theme): void {
  theme.value = wanted;
  lasting.set(key, wanted === 'auto' ? null : wanted);
  const shown = wanted === 'auto' ? automatic : wanted;
  if (shown) {
    document.documentElement.dataset.theme = shown;
  } else {
    delete document.documentElement.dataset.theme;
  }
}

export function followTheme(around: 'light' | 'dark'): void {
  automatic = around;
  useTheme(theme.peek());
}

export function useStoredTheme(): void {
  const stored = lasting.get(key);
  if (stored === 'light' || stored === 'dark') {
    useTheme(stored);
  }
}
