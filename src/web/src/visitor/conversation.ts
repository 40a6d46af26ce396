import { computed, signal } from '@preact/signals';
import { api, type SessionDetail } from '../shared/api';
import type { TurnEvent } from '../shared/events';
import { Problem } from '../shared/problem';
import { passing } from '../shared/store';
import * as tabs from './tabs';
import { readTurn } from './turn-reader';
import { Turn } from './turn';

const pageSize = 50;
const pendingKey = 'twin.pending';

/** A question that was sent and not yet seen to arrive; it survives a reload of the page. */
interface Pending {
  message: string;
  clientMessageId: string;
  sessionId: string | null;
}

/** What stands instead of the turns: nothing yet, a page on its way, no such session, or no answer from the server. */
export type View = 'open' | 'loading' | 'missing' | 'unreachable';

export const view = signal<View>('open');
export const sessionId = signal<string | null>(null);
export const turns = signal<readonly Turn[]>([]);
/** Where the turns before the first shown one begin; null when there are none. */
export const older = signal<string | null>(null);
/** A question that came back and should stand in the input again. */
export const returned = signal<{ text: string; reason: string } | null>(null);

export const latest = computed(() => turns.value.at(-1) ?? null);
export const isAnswering = computed(() => latest.value?.isActive ?? false);
export const isEmpty = computed(() => view.value === 'open' && turns.value.length === 0);

/** Ends the reading of what is shown when something else is opened. */
let shown = new AbortController();

/** Shows the session of the page's address, or an empty page; takes up a question that a reload interrupted. */
export async function openAddress(): Promise<void> {
  await show(addressed());
  const pending = readPending();
  if (pending && pending.sessionId === sessionId.peek() && view.peek() === 'open') {
    run(new Turn(pending.message, pending.clientMessageId));
  }
}

/** Follows the address to another session. It may also have changed in its fragment only, by the link to the question field. */
export async function followAddress(): Promise<void> {
  if (addressed() !== sessionId.peek()) {
    await openAddress();
  }
}

function addressed(): string | null {
  const id = /^\/s\/([^/]+)$/.exec(location.pathname)?.[1] ?? null;
  return id && decodeURIComponent(id);
}

export async function open(id: string | null): Promise<void> {
  history.pushState(null, '', id ? `/s/${encodeURIComponent(id)}` : '/');
  await show(id);
}

async function show(id: string | null): Promise<void> {
  shown.abort();
  shown = new AbortController();
  sessionId.value = id;
  turns.value = [];
  older.value = null;
  view.value = id ? 'loading' : 'open';
  if (id) {
    await load(id, shown.signal);
  }
}

async function load(id: string, signal: AbortSignal): Promise<void> {
  try {
    const session = await api.session(id, pageSize);
    if (!signal.aborted) {
      older.value = session.nextCursor ?? null;
      merge(session);
      view.value = 'open';
    }
  } catch (error) {
    if (!signal.aborted) {
      view.value = error instanceof Problem && error.status < 500 ? 'missing' : 'unreachable';
    }
  }
}

/** `place` puts them in their place; whoever reads may have scrolled on while they were on their way. */
export async function loadOlder(place: (change: () => void) => void = (change) => change()): Promise<void> {
  const [cursor, id, { signal }] = [older.peek(), sessionId.peek(), shown];
  if (!cursor || !id) {
    return;
  }
  try {
    const session = await api.session(id, pageSize, cursor);
    if (!signal.aborted && older.peek() === cursor) {
      place(() => {
        older.value = session.nextCursor ?? null;
        turns.value = [...session.items.map(Turn.from).reverse(), ...turns.peek()];
      });
    }
  } catch {
    // The button is still there.
  }
}

/** Looks what happened to the open session elsewhere: in another tab, or while this page slept. */
export async function sync(): Promise<void> {
  const [id, { signal }] = [sessionId.peek(), shown];
  if (!id || view.peek() === 'loading') {
    return;
  }
  if (view.peek() === 'unreachable') {
    await load(id, signal);
    return;
  }
  try {
    const session = await api.session(id, pageSize);
    if (!signal.aborted) {
      merge(session);
    }
  } catch (error) {
    if (!signal.aborted && error instanceof Problem && error.status === 404) {
      shown.abort();
      view.value = 'missing';
    }
  }
}

/** Takes over a page of the newest turns. What is being read on this page stays as it is. */
function merge(session: SessionDetail): void {
  const known = new Map(turns.peek().map((turn) => [turn.id, turn]));
  const news: Turn[] = [];
  for (const item of session.items) {
    const turn = known.get(item.turnId);
    if (!turn) {
      news.push(Turn.from(item));
    } else if (!turn.isActive && turn.phase.peek() !== item.status && !(turn.isSettled && item.status === 'running')) {
      turn.update(item); // A settled turn stays so: "running" was on its way here while the end came.
    }
  }
  turns.value = news.reduce(insert, turns.peek());
  const last = turns.peek().findLast((turn) => turn.id);
  if (last?.phase.peek() === 'running' && !last.isFollowed) {
    last.reset();
    void follow(last);
  }
}

/** A turn of elsewhere goes before those that came after it and before a question that is on its way; a refused one stays where it was asked. */
function insert(all: readonly Turn[], turn: Turn): readonly Turn[] {
  const at = all.findLastIndex((other) => other.id !== null && other.sequence < turn.sequence) + 1;
  const behindRefused = all.slice(at).findIndex((other) => other.phase.peek() !== 'refused');
  return all.toSpliced(behindRefused < 0 ? all.length : at + behindRefused, 0, turn);
}

export function ask(message: string): void {
  run(new Turn(message));
}

function run(turn: Turn): void {
  writePending({ message: turn.question, clientMessageId: turn.clientMessageId, sessionId: sessionId.peek() });
  turns.value = [...turns.peek(), turn];
  void follow(turn);
}

/**
 * Does once more what did not end well. It makes no second turn where the first can still be followed, or answered under its
 * `clientMessageId`. What the server keeps as it is would come back as it is: a broken answer, and an interrupted one that others follow.
 */
export function retry(turn: Turn): void {
  const phase = turn.phase.peek();
  if (phase === 'refused' && turn.id) {
    turn.reset();
    turn.phase.value = 'reconnecting';
    void follow(turn); // The server has it, and was out of reach.
  } else if (turn.isOwn && (phase === 'refused' || (phase === 'unanswered' && turn === latest.peek()))) {
    turn.id = null;
    turn.reset();
    turn.phase.value = 'sending';
    turns.value = turns.peek().filter((other) => other !== turn);
    run(turn);
  } else {
    ask(turn.question);
  }
}

async function follow(turn: Turn): Promise<void> {
  turn.isFresh = turn.isFollowed = true;
  await readTurn(turn, sessionId.peek(), shown.signal, (event) => note(turn, event));
  turn.isFollowed = false;
  if (turn.phase.peek() === 'refused') {
    writePending(null);
    giveBack(turn);
  }
}

function note(turn: Turn, event: TurnEvent): void {
  if (!turns.peek().includes(turn)) {
    return; // Taken off for the same turn, which was followed on two ways: asked here, and found by a look at the server.
  }
  if (event.type === 'data-turn') {
    writePending(null);
    const id = event.data.sessionId;
    if (sessionId.peek() === null) {
      sessionId.value = id;
      history.replaceState(null, '', `/s/${encodeURIComponent(id)}`);
    }
    if (turns.peek().some((other) => other !== turn && other.id === turn.id)) {
      turns.value = turns.peek().filter((other) => other === turn || other.id !== turn.id);
    }
    tabs.tell({ kind: 'turn', sessionId: id });
  } else if (event.type === 'finish') {
    tabs.tell({ kind: 'turn', sessionId: sessionId.peek()! });
  }
}

/** A question that met a running answer goes back into the input; so does one that the server called bad. */
function giveBack(turn: Turn): void {
  const code = turn.problem.peek()?.code ?? '';
  if (code === 'turn_in_progress' || code === 'validation' || code === 'payload_too_large') {
    turns.value = turns.peek().filter((other) => other !== turn);
    returned.value = { text: turn.question, reason: code };
    void sync();
  }
}

/** Ends the running answer; what was said is kept. A question that has not arrived yet is taken back instead. */
export async function stop(): Promise<void> {
  const turn = latest.peek();
  if (!turn?.isActive) {
    return;
  }
  if (turn.id) {
    await api.stop(turn.id);
    return;
  }
  shown.abort();
  shown = new AbortController();
  writePending(null);
  turns.value = turns.peek().filter((other) => other !== turn);
  returned.value = { text: turn.question, reason: 'taken_back' };
}

/** The session is gone: here, or in another tab. */
export function forget(id: string | null): void {
  if (id === null || id === sessionId.peek()) {
    writePending(null);
    history.replaceState(null, '', '/');
    void show(null);
  }
}

function readPending(): Pending | null {
  const text = passing.get(pendingKey);
  return text ? (JSON.parse(text) as Pending) : null;
}

function writePending(pending: Pending | null): void {
  passing.set(pendingKey, pending && JSON.stringify(pending));
}
