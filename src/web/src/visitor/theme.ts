import { signal } from '@preact/signals';
import { lasting } from '../shared/store';

export type Theme = 'auto' | 'light' | 'dark';

const key = 'twin.theme';
export const theme = signal<Theme>('auto');

/** Light, dark, or as the system has it. */
export function useTheme(wanted: Theme): void {
  theme.value = wanted;
  lasting.set(key, wanted === 'auto' ? null : wanted);
  if (wanted === 'auto') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = wanted;
  }
}

export function useStoredTheme(): void {
  const stored = lasting.get(key);
  if (stored === 'light' || stored === 'dark') {
    useTheme(stored);
  }
}
