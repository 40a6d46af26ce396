import { computed, signal } from '@preact/signals';
import { api, type SessionDetail, type TurnView } from '../shared/api';
import type { TurnEvent } from '../shared/events';
import { Problem } from '../shared/problem';
import * as tabs from './tabs';
import { readTurn } from './turn-reader';
import { Turn } from './turn';
import { addUnsent, takeUnsent, unsent } from './unsent';

const pageSize = 50;

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

/** Tells requests for what is shown that something else was opened. */
let shown = new AbortController();

/** Shows the session of the page's address, or an empty page. */
export function openAddress(): Promise<void> {
  return show(addressed());
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
  clear();
  sessionId.value = id;
  view.value = id ? 'loading' : 'open';
  if (id) {
    await load(id, shown.signal);
  } else {
    takeUp();
  }
}

/** Takes everything off the page; nothing of it is read any longer. */
function clear(): void {
  shown.abort();
  shown = new AbortController();
  turns.peek().forEach((turn) => turn.leave());
  turns.value = [];
  older.value = null;
}

/** Sends the open session's questions that a reload or another session kept from arriving. */
function takeUp(): void {
  const own = new Set(turns.peek().map((turn) => turn.clientMessageId));
  unsent()
    .filter((question) => question.sessionId === sessionId.peek() && !own.has(question.clientMessageId))
    .forEach((question) => run(new Turn(question.message, question.clientMessageId)));
}

async function load(id: string, signal: AbortSignal): Promise<void> {
  try {
    const session = await api.session(id, pageSize);
    if (!signal.aborted) {
      merge(session);
      view.value = 'open';
      takeUp();
    }
  } catch (error) {
    if (signal.aborted) {
      return;
    }
    if (error instanceof Problem && error.status === 404) {
      lose(id);
    } else if (view.peek() !== 'open') {
      view.value = 'unreachable'; // What is shown stays: another look may have brought it.
    }
  }
}

/** The session is not there (any more). What it did not take goes back into the input. */
function lose(id: string): void {
  const refused = turns.peek().filter((turn) => turn.id === null).map((turn) => turn.question);
  const onTheirWay = takeUnsent((question) => question.sessionId === id).map((question) => question.message);
  clear();
  view.value = 'missing';
  for (const text of new Set([...refused, ...onTheirWay])) {
    returned.value = { text, reason: 'taken_back' };
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
        takeOver(session.items);
      });
    }
  } catch {
    // The button is still there.
  }
}

/** Looks what happened to the open session elsewhere: in another tab, or while this page slept; or once more for one that did not come. */
export async function sync(): Promise<void> {
  const id = sessionId.peek();
  if (id) {
    await load(id, shown.signal);
  }
}

/** Takes over a page of the newest turns. What is being read on this page stays as it is. */
function merge(session: SessionDetail): void {
  const last = turns.peek().findLast((turn) => turn.id !== null)?.sequence ?? 0;
  if (session.nextCursor && session.items.at(-1)!.sequence > last + 1) {
    older.value = session.nextCursor; // What lies between comes as older turns do, and those that were shown with them.
    takeOff((turn) => turn.id !== null);
  }
  takeOver(session.items);
  for (const turn of turns.peek().filter(({ phase, reading }) => phase.peek() === 'running' && !reading)) {
    turn.reset();
    void follow(turn);
  }
}

function takeOver(items: readonly TurnView[]): void {
  const known = new Map(turns.peek().map((turn) => [turn.id, turn]));
  const news: Turn[] = [];
  for (const item of items) {
    const turn = known.get(item.turnId);
    if (!turn) {
      news.push(Turn.from(item));
    } else if (!turn.isActive && !turn.isSettled && turn.phase.peek() !== item.status) {
      turn.update(item); // A settled turn stays so: what the server told was on its way here while the end came.
    }
  }
  turns.value = news.reduce(insert, turns.peek());
}

/** A turn of elsewhere goes before those that came after it and before a question that is on its way; a refused one stays where it was asked. */
function insert(all: readonly Turn[], turn: Turn): readonly Turn[] {
  const at = all.findLastIndex((other) => other.id !== null && other.sequence < turn.sequence) + 1;
  const behindRefused = all.slice(at).findIndex((other) => other.id !== null || other.phase.peek() !== 'refused');
  return all.toSpliced(behindRefused < 0 ? all.length : at + behindRefused, 0, turn);
}

export function ask(message: string): void {
  run(new Turn(message));
}

function run(turn: Turn): void {
  addUnsent({ message: turn.question, clientMessageId: turn.clientMessageId, sessionId: sessionId.peek() });
  turns.value = [...turns.peek(), turn];
  void follow(turn);
}

/**
 * Does once more what did not end well. It makes no second turn where the first can still be followed, or answered under its
 * `clientMessageId`. What the server keeps as it is would come back as it is: a broken answer, an interrupted one that others follow, and
 * one that it keeps in another session.
 */
export function retry(turn: Turn): void {
  const phase = turn.phase.peek();
  if (isAnswering.peek()) {
    return; // One answer at a time; without a session yet, each question would open one.
  }
  if (phase === 'refused' && turn.id) {
    turn.reset();
    turn.phase.value = 'reconnecting';
    void follow(turn); // The server has it, and was out of reach.
  } else if (turn.problem.peek()?.code === 'idempotency_conflict') {
    takeOff((other) => other === turn);
    ask(turn.question);
  } else if (turn.isOwn && (phase === 'refused' || (phase === 'unanswered' && turn === latest.peek()))) {
    turn.id = null;
    turn.reset();
    turn.phase.value = 'sending';
    takeOff((other) => other === turn);
    run(turn);
  } else {
    ask(turn.question);
  }
}

async function follow(turn: Turn): Promise<void> {
  const reading = (turn.reading = new AbortController());
  turn.isFresh = true;
  await readTurn(turn, sessionId.peek(), reading.signal, (event) => note(turn, event));
  if (turn.reading !== reading) {
    return; // Left, or at its end.
  }
  turn.reading = null;
  needsNoSending(turn);
  if (turn.phase.peek() === 'refused') {
    giveBack(turn);
  }
}

function note(turn: Turn, event: TurnEvent): void {
  if (event.type === 'data-turn') {
    needsNoSending(turn);
    const id = event.data.sessionId;
    if (sessionId.peek() === null) {
      sessionId.value = id;
      history.replaceState(null, '', `/s/${encodeURIComponent(id)}`);
      takeUp();
    }
    // A look at the server may have found it before this, and what came after it.
    takeOff((other) => other !== turn && other.id === turn.id);
    turns.value = insert(turns.peek().filter((other) => other !== turn), turn);
    tabs.tell({ kind: 'turn', sessionId: id });
  } else if (event.type === 'finish') {
    turn.reading = null;
    tabs.tell({ kind: 'turn', sessionId: sessionId.peek()! });
  }
}

/** A question that met a running answer goes back into the input; so does one that the server called bad. */
function giveBack(turn: Turn): void {
  const code = turn.problem.peek()?.code ?? '';
  if (code === 'turn_in_progress' || code === 'validation' || code === 'payload_too_large') {
    takeOff((other) => other === turn);
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
  needsNoSending(turn);
  takeOff((other) => other === turn);
  returned.value = { text: turn.question, reason: 'taken_back' };
}

/** The session is gone: here, or in another tab; null for all. */
export function forget(id: string | null): void {
  takeUnsent((question) => id === null || question.sessionId === id);
  if (id === null || id === sessionId.peek()) {
    history.replaceState(null, '', '/');
    void show(null);
  }
}

/** What another tab did. */
export function hear(news: tabs.News): void {
  if (news.kind === 'erased') {
    forget(null);
  } else if (news.kind === 'deleted') {
    forget(news.sessionId);
  } else if (news.sessionId === sessionId.peek()) {
    void sync();
  }
}

function takeOff(isOff: (turn: Turn) => boolean): void {
  turns.peek().filter(isOff).forEach((turn) => turn.leave());
  turns.value = turns.peek().filter((turn) => !isOff(turn));
}

/** The server has it, or it stands on the page with a way to ask it again, or the visitor took it back. */
function needsNoSending(turn: Turn): void {
  takeUnsent((question) => question.clientMessageId === turn.clientMessageId);
}
