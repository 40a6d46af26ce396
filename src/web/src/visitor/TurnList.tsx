import { useSignalEffect } from '@preact/signals';

import { useEffect, useRef } from 'preact/hooks';
import { t } from '../shared/i18n';
import { Icon } from '../shared/icons';
import { loadOlder, older, open, sync, turns, view } from './conversation';
import { focusOn } from './focus';
import { loadAnswerParts } from './lazy';
import { isFarFromEnd, keepPlace, scrollToEnd } from './scroll';
import { TurnArticle } from './TurnView';

/** The conversation, oldest turn first. */
export function TurnList() {
  switch (view.value) {
    case 'loading':
      return <p class="state" role="status">{t('loading')}</p>;
    case 'missing':
      return (
        <div class="state">
          <h2>{t('missing')}</h2>
          <p>{t('missingHint')}</p>
          <button type="button" class="button primary" onClick={() => leave(open(null))}>{t('newConversation')}</button>
        </div>
      );
    case 'unreachable':
      return (
        <div class="state">
          <h2>{t('unreachable')}</h2>
          <button type="button" class="button primary" onClick={() => leave(sync())}>{t('tryAgain')}</button>
        </div>
      );
    default:
      return <Turns />;
  }
}

function leave(done: Promise<void>): void {
  void done;
  focusOn();
}

function Turns() {
  const all = turns.value;
  useSignalEffect(() => {
    if (turns.value.length > 0) {
      void loadAnswerParts();
    }
  });
  return (
    <>
      {older.value !== null && <Earlier />}
      <div id="log" role="log" aria-live="off" aria-label={t('log')} tabIndex={-1}>
        {all.map((turn, index) => (
          <TurnArticle key={turn.key} turn={turn} number={turn.id === null ? index + 1 : turn.sequence} isLatest={index === all.length - 1} />
        ))}
      </div>
      {isFarFromEnd.value && all.length > 0 && <Newest />}
    </>
  );
}

/** Older turns come when the reader gets there, by scrolling or by the button. */
function Earlier() {
  const button = useRef<HTMLButtonElement>(null);
  const load = () => void keepPlace(loadOlder);
  const press = () => {
    document.querySelector<HTMLElement>('#log > article')?.focus({ preventScroll: true });
    load();
  };
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && load(), { rootMargin: '600px 0px 0px' });
    observer.observe(button.current!);
    return () => observer.disconnect();
  }, []);
  return <button type="button" class="button earlier" ref={button} onClick={press}>{t('earlier')}</button>;
}

function Newest() {
  const go = () => {
    scrollToEnd('smooth');
    document.querySelector<HTMLElement>('#log > article:last-of-type')?.focus({ preventScroll: true });
  };
  return (
    <button type="button" class="button newest" onClick={go}>
      <Icon name="newest" />
      {t('newest')}
    </button>
  );
}
