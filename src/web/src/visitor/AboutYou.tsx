import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { api, type EraseReceipt } from '../shared/api';
import { formatDate, formatNumber, plural, t } from '../shared/i18n';
import { Icon } from '../shared/icons';
import { page } from '../shared/page';
import { announce } from './announcer';
import { forget } from './conversation';
import { Panel, focusInPanel, showPanel } from './panels';
import * as tabs from './tabs';

export function openAboutYou(): void {
  showPanel(<AboutYou />);
}

/** What the export tells of the visitor, counted. */
interface Knowledge {
  sessions: number;
  turns: number;
  ratings: number;
  since: Date | null;
}

/** Everything that is kept about the visitor, to take away or to erase. */
function AboutYou() {
  const known = useSignal<Knowledge | null>(null);
  const hasFailed = useSignal(false);
  const receipt = useSignal<EraseReceipt | null>(null);
  useEffect(() => {
    readExport().then(({ knowledge }) => (known.value = knowledge), () => (hasFailed.value = true));
  }, []);

  const erase = async () => {
    try {
      receipt.value = await api.erase();
      known.value = { sessions: 0, turns: 0, ratings: 0, since: null };
      tabs.tell({ kind: 'erased' });
      forget(null);
      focusInPanel('.receipt');
      announce(t('erased'));
    } catch {
      announce(t('actionFailed'), 'alert');
    }
  };
  return (
    <Panel title={t('aboutYou')} side="end">
      <div class="panel-body about">
        {hasFailed.value && <p class="note" role="alert">{t('actionFailed')}</p>}
        {!known.value && !hasFailed.value && <div class="skeleton" aria-hidden="true"><i /><i /><i /><i /></div>}
        {receipt.value && <Receipt receipt={receipt.value} />}
        {known.value && !receipt.value && (known.value.sessions > 0 ? <Facts known={known.value} onErase={erase} /> : <p>{t('knowsNothing')}</p>)}
        <p class="note">{t('knowsCookie')}</p>
      </div>
    </Panel>
  );
}

function Facts({ known, onErase }: { known: Knowledge; onErase: () => Promise<void> }) {
  const isAsking = useSignal(false);
  const isErasing = useRef(false);
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus(), [isAsking.value]);
  /** Once: a second receipt would say that nothing was there. */
  const erase = async () => {
    if (!isErasing.current) {
      isErasing.current = true;
      await onErase();
      isErasing.current = false;
    }
  };
  const goBack = () => {
    isAsking.value = false;
    focusInPanel('.about .danger');
  };
  return (
    <>
      <p>{t('knowsIntro')}</p>
      <dl>
        <div><dt>{t('knowsSessions')}</dt><dd>{formatNumber(known.sessions)}</dd></div>
        <div><dt>{t('knowsTurns')}</dt><dd>{formatNumber(known.turns)}</dd></div>
        <div><dt>{t('knowsRatings')}</dt><dd>{formatNumber(known.ratings)}</dd></div>
        {known.since && <div><dt>{t('knowsSince')}</dt><dd>{formatDate(known.since)}</dd></div>}
        <div><dt>{t('knowsUntil')}</dt><dd>{t('knowsUntilValue', { n: formatNumber(page.retentionDays) })}</dd></div>
      </dl>
      <div class="buttons">
        <button type="button" class="button" onClick={() => void download()}><Icon name="download" />{t('export')}</button>
        {!isAsking.value && <button type="button" class="button danger" onClick={() => (isAsking.value = true)}><Icon name="delete" />{t('erase')}</button>}
      </div>
      {isAsking.value && (
        <div class="confirm" role="group" aria-labelledby="erase-question">
          <p id="erase-question">{t('eraseConfirm')}</p>
          <div class="buttons">
            <button type="button" class="button danger solid" onClick={() => void erase()}>{t('eraseYes')}</button>
            <button type="button" class="button" ref={cancel} onClick={goBack}>{t('cancel')}</button>
          </div>
        </div>
      )}
    </>
  );
}

function Receipt({ receipt }: { receipt: EraseReceipt }) {
  const { receiptId, erasedAt, erased } = receipt;
  return (
    <div class="receipt" tabIndex={-1}>
      <Icon name="done" />
      <p>
        <strong>{t('erased')}</strong>{' '}
        {t('receipt', { id: receiptId, conversations: plural('sessionCount', erased.sessions), questions: plural('turnCount', erased.turns), date: formatDate(new Date(erasedAt)) })}
      </p>
    </div>
  );
}

async function readExport(): Promise<{ knowledge: Knowledge; text: string }> {
  const text = await (await api.export()).text();
  const { sessions } = JSON.parse(text) as { sessions: { createdAt: string; turns: { feedback?: unknown }[] }[] };
  const turns = sessions.flatMap((session) => session.turns);
  const starts = sessions.map((session) => Date.parse(session.createdAt));
  const knowledge = {
    sessions: sessions.length,
    turns: turns.length,
    ratings: turns.filter((turn) => turn.feedback).length,
    since: starts.length > 0 ? new Date(Math.min(...starts)) : null,
  };
  return { knowledge, text };
}

/** By a request of the page, not by a link: in the widget only those carry the visitor's cookie. */
async function download(): Promise<void> {
  try {
    const { text } = await readExport();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    link.download = 'my-conversations.json';
    link.click();
    URL.revokeObjectURL(link.href);
  } catch {
    announce(t('actionFailed'), 'alert');
  }
}
