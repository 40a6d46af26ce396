import { afterEach, beforeEach, vi } from 'vitest';
import type { SessionDetail, TurnView } from '../../src/shared/api';
import { tabs } from './fakes';
import { events, FakeServer, json, Line, stopClocks } from './server';

export let server: FakeServer;
/** The page's conversation, anew for each test. */
export let page: typeof import('../../src/visitor/conversation');
/** What other tabs of the visitor hear. */
export let news: unknown[];

/** Gives each test of the file a new page, a server and clocks that stand. */
export function useConversation(): void {
  beforeEach(async () => {
    stopClocks();
    server = new FakeServer();
    await loadPage();
  });
  afterEach(() => void vi.useRealTimers());
}

/** The page as after a load: modules are new, the tab's storage and address are not. */
export async function loadPage(): Promise<void> {
  vi.resetModules();
  tabs.all.length = 0;
  page = await import('../../src/visitor/conversation');
  news = [];
  new tabs.Channel('digital-twin').addEventListener('message', (event) => news.push((event as MessageEvent).data));
}

export async function openSession(...items: TurnView[]): Promise<void> {
  server.next(session(items.toReversed()));
  await page.open('s');
}

export const stored = (sequence: number, status: TurnView['status'] = 'answered', answer = `Answer ${sequence}`): TurnView => ({
  turnId: `s.${sequence}`, sequence, question: `Question ${sequence}`, answer, status, citations: [], suggestions: [], agent: 'twin',
  engine: 'extractive', createdAt: '2030-01-01T12:00:00+00:00',
});
export const session = (items: TurnView[], nextCursor: string | null = null) =>
  json({ sessionId: 's', title: 'Question 1', createdAt: '2030-01-01T12:00:00+00:00', lastActivityAt: '2030-01-01T12:00:00+00:00', items, nextCursor } as unknown as SessionDetail);
/** The twin takes a question as that turn. */
export const taken = (sequence: number) =>
  ['2.0', { type: 'data-turn', data: { turnId: `s.${sequence}`, sessionId: 's', sequence, createdAt: '2030-01-01T12:00:00+00:00' } }] as const;
export const whole = (answer = 'In 1815.') => new Line().send(events.start, events.turn, events.text('', answer), events.finish()).done();

export const shown = () => page.turns.value.map((turn) => `${turn.sequence > 99 ? '-' : turn.sequence} ${turn.phase.value}: ${turn.question} ${turn.answer.value}`);
export const unsent = () => JSON.parse(sessionStorage.getItem('twin.unsent') ?? '[]') as { message: string; clientMessageId: string; sessionId: string | null }[];
