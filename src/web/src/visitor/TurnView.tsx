import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatTime, t } from '../shared/i18n';
import { AnswerNotice } from './AnswerNotice';
import { send } from './composer';
import { retry } from './conversation';
import { focusOn } from './focus';
import { loaded } from './lazy';
import type { Turn } from './turn';

/** One question with its answer, or with what came instead. */
export function TurnArticle({ turn, number, isLatest }: { turn: Turn; number: number; isLatest: boolean }) {
  const phase = turn.phase.value;
  const { Answer, Feedback } = loaded.value ?? {};
  const isActive = turn.isActive;
  const onRetry = () => {
    retry(turn);
    focusOn();
  };
  return (
    <article
      class={`turn${turn.isFresh ? ' fresh' : ''}${isLatest ? ' latest' : ''}`}
      aria-label={t('turn', { n: number, question: shorten(turn.question) })}
      aria-busy={isActive}
      tabIndex={-1}
    >
      <div class="question">
        <h2 class="visually-hidden">{t('you')}</h2>
        <p title={formatTime(turn.createdAt)}>{turn.question}</p>
      </div>
      {turn.answer.value !== '' && (Answer ? <Answer turn={turn} onOpen={openCitation} /> : <div class="answer plain">{turn.answer.value}</div>)}
      {isActive ? <Progress turn={turn} /> : <AnswerNotice turn={turn} onRetry={onRetry} />}
      {Feedback && !isActive && phase !== 'refused' && turn.answer.value !== '' && <Feedback turn={turn} isLatest={isLatest} />}
      {isLatest && !isActive && <Next questions={turn.suggestions.value} />}
    </article>
  );
}

/** Questions to go on with, under the last answer. */
function Next({ questions }: { questions: readonly string[] }) {
  const choose = (question: string) => {
    send(question);
    focusOn();
  };
  return questions.length === 0 ? null : (
    <nav class="next" aria-label={t('more')}>
      {questions.map((question) => <button type="button" class="suggestion" key={question} onClick={() => choose(question)}>{question}</button>)}
    </nav>
  );
}

function openCitation(turn: Turn, n: number): void {
  loaded.value?.openCitation(turn.citations.value, n);
}

/** A sign of life until the first words; after that the words are one. */
function Progress({ turn }: { turn: Turn }) {
  const isSlow = useSignal(false);
  useEffect(() => {
    const timer = setTimeout(() => (isSlow.value = true), 1500);
    return () => clearTimeout(timer);
  }, []);
  const phase = turn.phase.value;
  if (phase === 'running' && turn.answer.value !== '') {
    return null;
  }
  const text = phase === 'reconnecting' ? t('reconnecting') : phase === 'sending' && isSlow.value ? t('connecting') : t('writing');
  const isQuiet = phase !== 'reconnecting' && !isSlow.value;
  return (
    <p class="progress">
      <span class="dots" aria-hidden="true"><i /><i /><i /></span>
      <span class={isQuiet ? 'visually-hidden' : ''}>{text}</span>
    </p>
  );
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
