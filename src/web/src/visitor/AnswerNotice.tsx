import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { t } from '../shared/i18n';
import { Icon, type IconName } from '../shared/icons';
import type { Problem } from '../shared/problem';
import { isAnswering, open } from './conversation';
import { focusOn } from './focus';
import type { Turn } from './turn';

/** What stands under a turn that did not end in a whole answer, with what can be done about it. */
export function AnswerNotice({ turn, onRetry }: { turn: Turn; onRetry: () => void }) {
  const wait = useCountdown(turn);
  const isBusy = isAnswering.value; // One answer at a time.
  switch (turn.phase.value) {
    case 'stopped':
      return <p class="note">{t('stopped')}</p>;
    case 'failed':
      return <Notice icon="alert" text={t('failed')} action={t('askAgain')} onAction={onRetry} isWaiting={isBusy} />;
    case 'unanswered':
      return <Notice icon="alert" text={t('unanswered')} action={t('askAgain')} onAction={onRetry} isWaiting={isBusy} />;
    case 'answered':
      return turn.answer.value === '' ? <p class="note">{t('empty')}</p> : null;
    case 'refused':
      return refusal(turn.problem.value!, wait, isBusy, onRetry);
    default:
      return null;
  }
}

/** Why a question was refused, in the visitor's words; `wait` counts the seconds until it may be asked again. */
export function explain(problem: Problem, wait = problem.retryAfter ?? 0): string {
  switch (problem.code) {
    case 'rate_limited':
      return wait > 0 ? t('rateLimited', { n: wait }) : t('rateLimitedNow');
    case 'budget_exhausted':
      return t('budget');
    case 'not_found':
      return t('gone');
    case 'upstream_unavailable':
    case 'internal':
      return t('unavailable');
    default:
      return `${t('refused')} ${problem.message}`;
  }
}

function refusal(problem: Problem, wait: number, isBusy: boolean, onRetry: () => void) {
  const text = explain(problem, wait);
  switch (problem.code) {
    case 'rate_limited':
      return <Notice icon="clock" text={text} action={t('tryAgain')} onAction={onRetry} isWaiting={isBusy || wait > 0} />;
    case 'budget_exhausted':
      return <Notice icon="clock" text={text} />;
    case 'not_found':
      return <Notice icon="alert" text={text} action={t('newConversation')} onAction={startAnew} />;
    default:
      return <Notice icon="alert" text={text} action={t('tryAgain')} onAction={onRetry} isWaiting={isBusy} />;
  }
}

function startAnew(): void {
  void open(null);
  focusOn();
}

interface NoticeProps {
  icon: IconName;
  text: string;
  action?: string;
  onAction?: () => void;
  isWaiting?: boolean;
}

function Notice({ icon, text, action, onAction, isWaiting }: NoticeProps) {
  return (
    <div class="notice">
      <Icon name={icon} />
      <p>{text}</p>
      {action && <button type="button" class="button" disabled={isWaiting} onClick={onAction}>{action}</button>}
    </div>
  );
}

/** The seconds that are left of the wait that a refusal asked for. */
function useCountdown(turn: Turn): number {
  const now = useSignal(Date.now());
  const left = Math.max(0, Math.ceil((turn.retryAt.value - now.value) / 1000));
  const isWaiting = left > 0;
  useEffect(() => {
    if (!isWaiting) {
      return undefined;
    }
    const timer = setInterval(() => (now.value = Date.now()), 250);
    return () => clearInterval(timer);
  }, [isWaiting]);
  return left;
}
