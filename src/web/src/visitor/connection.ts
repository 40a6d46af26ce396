import { effect, signal } from '@preact/signals';
import { t } from '../shared/i18n';
import { announce } from './announcer';
import { sync } from './conversation';

export const isOnline = signal(navigator.onLine);

/** Says above the input when there is no network, and catches up when it is back. */
export function startConnection(): void {
  const notice = document.getElementById('offline')!;
  addEventListener('offline', () => {
    isOnline.value = false;
    announce(t('offline'), 'alert');
  });
  addEventListener('online', () => {
    isOnline.value = true;
    announce(t('online'));
    void sync();
  });
  effect(() => {
    notice.hidden = isOnline.value;
  });
}
