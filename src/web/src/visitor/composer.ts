import { effect, signal } from '@preact/signals';
import { plural, t } from '../shared/i18n';
import { passing } from '../shared/store';
import { announce } from './announcer';
import { ask, isAnswering, returned, stop, view } from './conversation';
import { scrollToEnd } from './scroll';

const longest = 4000;
/** From here on the rest is counted. */
const tellFrom = 3600;
const draftKey = 'twin.draft';

/** The form of index.html: it stands before any script, and what was typed by then is kept. */
export function startComposer(): void {
  const form = document.querySelector<HTMLFormElement>('#composer')!;
  const field = form.querySelector('textarea')!;
  const button = form.querySelector('button')!;
  const counter = form.querySelector<HTMLElement>('#counter')!;
  const length = signal(0);

  const changed = () => {
    length.value = field.value.trim().length;
    passing.set(draftKey, field.value || null);
    grow(field);
  };
  const put = (text: string) => {
    field.value = text;
    changed();
  };

  effect(() => {
    const isStop = isAnswering.value;
    const label = t(isStop ? 'stop' : 'send');
    button.dataset.action = isStop ? 'stop' : 'ask';
    button.ariaLabel = button.title = label;
    button.disabled = !isStop && (length.value === 0 || length.value > longest || view.value !== 'open');
  });
  effect(() => {
    const over = length.value - longest;
    counter.textContent = over > 0 ? plural('tooLong', over) : length.value > tellFrom ? plural('leftOver', -over) : '';
    counter.classList.toggle('over', over > 0);
  });
  effect(() => {
    const back = returned.value;
    if (back) {
      returned.value = null;
      put(field.value ? `${back.text}\n${field.value}` : back.text);
      if (back.reason !== 'taken_back') {
        announce(t(back.reason === 'turn_in_progress' ? 'busy' : 'invalid'), 'alert');
      }
    }
  });

  field.addEventListener('input', changed);
  field.addEventListener('keydown', (event) => {
    // While an input method composes a word, Enter chooses it. Safari tells by the key code only.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isAnswering.peek()) {
      // The button stops; Enter in the field waits for the answer's end.
      if (event.submitter === button) {
        stop().catch(() => announce(t('actionFailed'), 'alert'));
      }
    } else if (!button.disabled) {
      send(field.value.trim());
      put('');
    }
  });
  put(field.value || passing.get(draftKey) || '');
}

/** Asks, and brings the question before the reader's eyes. */
export function send(question: string): void {
  ask(question);
  requestAnimationFrame(() => scrollToEnd());
}

const growsByItself = CSS.supports('field-sizing', 'content');

function grow(field: HTMLTextAreaElement): void {
  if (!growsByItself) {
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }
}
