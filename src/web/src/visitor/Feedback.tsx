import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { api } from '../shared/api';
import { t } from '../shared/i18n';
import { Icon } from '../shared/icons';
import { announce } from './announcer';
import { send } from './composer';
import { CopyButton } from './CopyButton';
import { focusOn } from './focus';
import type { Turn } from './turn';

/** Under a finished answer: copy, rate, ask again. */
export function Feedback({ turn, isLatest }: { turn: Turn; isLatest: boolean }) {
  const isAsking = useSignal(false);
  const actions = useRef<HTMLDivElement>(null);
  const rate = async (rating: 'up' | 'down') => {
    const before = turn.rating.value;
    turn.rating.value = rating;
    try {
      await api.rate(turn.id!, rating);
      isAsking.value = rating === 'down';
      announce(t('thanks'));
    } catch {
      turn.rating.value = before;
      announce(t('actionFailed'), 'alert');
    }
  };
  const thumb = (rating: 'up' | 'down', label: string) => (
    <button
      type="button"
      class="icon-button small"
      aria-label={label}
      title={label}
      aria-pressed={turn.rating.value === rating}
      onClick={() => void rate(rating)}
    >
      <Icon name={rating === 'up' ? 'good' : 'bad'} />
    </button>
  );
  const askAgain = () => {
    send(turn.question);
    focusOn();
  };
  const endComment = () => {
    isAsking.value = false;
    actions.current!.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  };
  return (
    <>
      <div class="actions" ref={actions}>
        <CopyButton label={t('copy')} text={() => asText(turn)} />
        {thumb('up', t('good'))}
        {thumb('down', t('bad'))}
        {isLatest && (
          <button type="button" class="icon-button small" aria-label={t('askAgain')} title={t('askAgain')} onClick={askAgain}>
            <Icon name="retry" />
          </button>
        )}
      </div>
      {isAsking.value && <CommentForm turn={turn} onDone={endComment} />}
    </>
  );
}

function CommentForm({ turn, onDone }: { turn: Turn; onDone: () => void }) {
  const field = useRef<HTMLTextAreaElement>(null);
  // Before the next key: one that is pressed at once belongs to the form.
  useLayoutEffect(() => field.current?.focus(), []);
  const send = async (event: Event) => {
    event.preventDefault();
    const comment = field.current!.value.trim();
    try {
      if (comment) {
        await api.rate(turn.id!, 'down', comment);
      }
      onDone();
      announce(t('thanks'));
    } catch {
      announce(t('actionFailed'), 'alert');
    }
  };
  const id = `comment-${turn.key}`;
  return (
    <form class="comment" onSubmit={(event) => void send(event)}>
      <label for={id}>{t('comment')}</label>
      <textarea id={id} ref={field} rows={2} maxLength={1000} />
      <div class="buttons">
        <button type="submit" class="button primary">{t('sendComment')}</button>
        <button type="button" class="button" onClick={onDone}>{t('skipComment')}</button>
      </div>
    </form>
  );
}

/** The answer as Markdown, with its sources below. */
function asText(turn: Turn): string {
  const sources = turn.citations.value.map(({ n, title, quote }) => `[${n}] ${title}: “${quote}”`);
  return sources.length === 0 ? turn.answer.value : `${turn.answer.value}\n\n${sources.join('\n')}`;
}
