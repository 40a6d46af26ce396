import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { api, type SessionSummary } from '../shared/api';
import { formatClock, formatTime, language, plural, t } from '../shared/i18n';
import { Icon } from '../shared/icons';
import { Problem } from '../shared/problem';
import { announce } from './announcer';
import { forget, open, sessionId } from './conversation';
import { Panel, closePanel, focusInPanel, showPanel } from './panels';
import { Preferences } from './Preferences';
import * as tabs from './tabs';

export function openSessions(): void {
  showPanel(<SessionsDrawer />);
}

/** The visitor's conversations, the last used first. */
function SessionsDrawer() {
  const sessions = useSignal<readonly SessionSummary[] | null>(null);
  const hasFailed = useSignal(false);
  const wanted = useSignal('');
  useEffect(() => {
    loadAll((items) => (sessions.value = [...(sessions.value ?? []), ...items])).catch(() => (hasFailed.value = true));
  }, []);

  const remove = async (session: SessionSummary) => {
    try {
      await api.deleteSession(session.sessionId);
    } catch (error) {
      if (!(error instanceof Problem && error.status === 404)) {
        announce(t('actionFailed'), 'alert');
        return;
      } // Gone already: deleted in another tab.
    }
    const next = sessions.value![sessions.value!.indexOf(session) + 1];
    focusInPanel(next && `[data-session='${next.sessionId}']`);
    sessions.value = sessions.value!.filter((other) => other !== session);
    tabs.tell({ kind: 'deleted', sessionId: session.sessionId });
    forget(session.sessionId);
  };

  const choose = (id: string | null) => {
    closePanel();
    void open(id);
  };
  const found = sessions.value?.filter((session) => matches(session.title, wanted.value));
  return (
    <Panel title={t('conversations')} side="start">
      <button type="button" class="button wide" onClick={() => choose(null)}><Icon name="new" />{t('newConversation')}</button>
      {sessions.value && sessions.value.length > 0 && (
        <label class="search">
          <Icon name="search" />
          <input type="search" aria-label={t('search')} placeholder={t('search')} onInput={(event) => (wanted.value = event.currentTarget.value)} />
        </label>
      )}
      <div class="panel-body">
        {hasFailed.value && <p class="note" role="alert">{t('listFailed')}</p>}
        {!found && !hasFailed.value && <div class="skeleton" aria-hidden="true"><i /><i /><i /><i /></div>}
        {found?.length === 0 && <p class="note">{t(wanted.value ? 'noMatch' : 'noSessions')}</p>}
        {found && groups(found).map(([name, items]) => (
          <section key={name}>
            <h3>{name}</h3>
            <ul class="sessions">
              {items.map((session) => <Row key={session.sessionId} session={session} onOpen={choose} onDelete={() => void remove(session)} />)}
            </ul>
          </section>
        ))}
      </div>
      <Preferences />
    </Panel>
  );
}

function Row({ session, onOpen, onDelete }: { session: SessionSummary; onOpen: (id: string) => void; onDelete: () => void }) {
  const isAsking = useSignal(false);
  const confirm = useRef<HTMLButtonElement>(null);
  useEffect(() => confirm.current?.focus(), [isAsking.value]);
  const cancel = () => {
    isAsking.value = false;
    focusInPanel(`[data-session='${session.sessionId}'] + button`);
  };
  if (isAsking.value) {
    return (
      <li class="asking">
        <span>{t('confirmDelete')}</span>
        <button type="button" class="button danger" ref={confirm} onClick={onDelete}>{t('yesDelete')}</button>
        <button type="button" class="button" onClick={cancel}>{t('cancel')}</button>
      </li>
    );
  }
  const label = t('deleteSession', { title: session.title });
  return (
    <li>
      <button
        type="button"
        class="session"
        data-session={session.sessionId}
        aria-current={session.sessionId === sessionId.value ? 'true' : undefined}
        onClick={() => onOpen(session.sessionId)}
      >
        <span class="session-title">{session.title}</span>
        <span class="session-meta">{plural('turnCount', session.turnCount)} · {lastUsed(session)}</span>
      </button>
      <button type="button" class="icon-button small" aria-label={label} title={label} onClick={() => (isAsking.value = true)}><Icon name="delete" /></button>
    </li>
  );
}

/** The day stands above those of today and yesterday. */
function lastUsed({ lastActiveAt }: SessionSummary): string {
  const at = new Date(lastActiveAt);
  return at.getTime() >= midnight() - day ? formatClock(at) : formatTime(at);
}

/** All pages, each handed on as it comes, so that the search covers everything. */
async function loadAll(onItems: (items: readonly SessionSummary[]) => void): Promise<void> {
  let cursor: string | null | undefined;
  do {
    const page = await api.sessions(cursor);
    onItems(page.items);
    cursor = page.nextCursor;
  } while (cursor);
}

/** Every word of the search stands in the title, whatever its case and accents. */
function matches(title: string, wanted: string): boolean {
  const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase(language.value);
  const inside = plain(title);
  return plain(wanted).split(/\s+/).every((word) => inside.includes(word));
}

const day = 86_400_000;
const midnight = () => new Date().setHours(0, 0, 0, 0);

function groups(items: readonly SessionSummary[]): [string, SessionSummary[]][] {
  const today = midnight();
  const nameOf = (at: number) =>
    at >= today ? t('today') : at >= today - day ? t('yesterday') : at >= today - 7 * day ? t('lastWeek') : t('before');
  const named = new Map<string, SessionSummary[]>();
  for (const session of items) {
    const name = nameOf(Date.parse(session.lastActiveAt));
    named.set(name, [...(named.get(name) ?? []), session]);
  }
  return [...named];
}
