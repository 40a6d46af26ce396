import { signal } from '@preact/signals';
import { render, type ComponentChildren, type VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { enPanels } from '../shared/en-panels';
import { addPanelTexts, t } from '../shared/i18n';
import { Icon } from '../shared/icons';

addPanelTexts(enPanels);

const shown = signal<VNode | null>(null);

/** Opens one panel over the page; the one before is closed. */
export function showPanel(panel: VNode): void {
  shown.value = panel;
}

/** Keeps the focus in the panel when the button that was pressed is gone: on what stands there now, or on the panel's title. */
export function focusInPanel(selector?: string): void {
  requestAnimationFrame(() => {
    const panel = document.querySelector('dialog[open]');
    (panel?.querySelector<HTMLElement>(selector ?? '#panel-title') ?? panel?.querySelector<HTMLElement>('#panel-title'))?.focus();
  });
}

export function closePanel(): void {
  document.querySelector<HTMLDialogElement>('dialog[open]')?.close();
}

/**
 * A modal panel: at the side on wide screens, from below on phones. The browser keeps the focus inside and gives it back;
 * Escape, the close button and a press beside it close it.
 */
export function Panel({ title, side, children }: { title: string; side: 'start' | 'end'; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  const closeOnBackdrop = (event: MouseEvent) => {
    if (event.target === dialog.current) {
      dialog.current!.close();
    }
  };
  return (
    <dialog class={`panel panel-${side}`} ref={dialog} aria-labelledby="panel-title" onClose={() => (shown.value = null)} onClick={closeOnBackdrop}>
      <div class="panel-inner">
        <header>
          <h2 id="panel-title" tabIndex={-1}>{title}</h2>
          <button type="button" class="icon-button" aria-label={t('close')} title={t('close')} onClick={closePanel}><Icon name="close" /></button>
        </header>
        {children}
        <div class="visually-hidden" aria-live="polite" data-says="announcer" />
        <p class="panel-alert" role="alert" data-says="alert" />
      </div>
    </dialog>
  );
}

function Host() {
  return shown.value;
}

render(<Host />, document.getElementById('panels')!);
