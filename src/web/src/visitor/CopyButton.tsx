import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { announce } from './announcer';
import { t } from '../shared/i18n';
import { Icon } from '../shared/icons';

export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const done = useSignal(false);
  useEffect(() => {
    if (done.value) {
      const timer = setTimeout(() => (done.value = false), 2000);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [done.value]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      done.value = true;
      announce(t('copied'));
    } catch {
      announce(t('actionFailed'), 'alert'); // Forbidden by the browser, or plain http.
    }
  };
  return (
    <button type="button" class="icon-button small" aria-label={done.value ? t('copied') : label} title={label} onClick={copy}>
      <Icon name={done.value ? 'done' : 'copy'} />
    </button>
  );
}
