import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TurnEvent } from '../../src/shared/events';
import { Turn } from '../../src/visitor/turn';
import { readTurn } from '../../src/visitor/turn-reader';
import { frames, network } from '../support/fakes';
import { events, FakeServer, Line, problem, settle, stopClocks } from '../support/server';

let server: FakeServer;
let turn: Turn;
let page: AbortController;
let ended: boolean;
let heard: TurnEvent['type'][];

/** Longer than the longest wait between two tries. */
const wait = 13_000;

const begin = (sessionId: string | null = null) =>
  void readTurn(turn, sessionId, page.signal, (event) => heard.push(event.type)).then(() => (ended = true));

beforeEach(() => {
  stopClocks();
  server = new FakeServer();
  turn = new Turn('When?', 'mine');
  page = new AbortController();
  ended = false;
  heard = [];
});
afterEach(() => {
  page.abort();
  vi.useRealTimers();
});

describe('reading a turn', () => {
  it('asks once and reads to the end', async () => {
    server.next(new Line().send(events.start, events.turn, events.text('', 'In 1815.'), events.finish()).done());

    begin('s');
    await settle();

    expect(server.asked).toMatchObject([{ method: 'POST', path: '/api/chat/stream', body: { message: 'When?', sessionId: 's', clientMessageId: 'mine' } }]);
    expect([ended, turn.phase.value, turn.answer.value, turn.id]).toEqual([true, 'answered', 'In 1815.', 's.1']);
    expect(heard).toEqual(['start', 'data-turn', 'text-delta', 'finish']);
  });

  it('goes on behind the last event when the line is cut', async () => {
    server.next(
      new Line().send(events.start, events.turn, events.text('', 'In ')).cut(),
      new TypeError('network error'),
      new Line().cut(),
      new Line().send(events.text('In ', '1815.'), events.finish()).done(),
    );

    begin();
    await settle();
    expect([turn.phase.value, ended]).toEqual(['reconnecting', false]);
    await vi.advanceTimersByTimeAsync(3 * wait);

    expect(server.log).toEqual(['POST /api/chat/stream', ...Array<string>(3).fill('GET /api/chat/turns/s.1/stream')]);
    expect(server.asked.slice(1).map((asked) => asked.lastEventId)).toEqual(['4.3', '4.3', '4.3']);
    expect([ended, turn.phase.value, turn.answer.value]).toEqual([true, 'answered', 'In 1815.']);
  });

  it('goes on when a line falls silent', async () => {
    server.next(new Line().send(events.start, events.turn), new Line().send(events.text('', 'In 1815.'), events.finish()).done());

    begin();
    await vi.advanceTimersByTimeAsync(40_000 + wait);

    expect([server.last.lastEventId, turn.answer.value, ended]).toEqual(['2.0', 'In 1815.', true]);
  });

  it('asks again when a request is never answered', async () => {
    server.next(() => new Promise<Response>(() => {}), new Line().send(events.start, events.turn, events.text('', 'In 1815.'), events.finish()).done());

    begin();
    await vi.advanceTimersByTimeAsync(39_000);
    expect([turn.phase.value, server.asked.length]).toEqual(['sending', 1]);
    await vi.advanceTimersByTimeAsync(1000 + wait);

    expect([server.log, turn.answer.value, ended]).toEqual([Array<string>(2).fill('POST /api/chat/stream'), 'In 1815.', true]);
  });

  it('posts again only under the same name, until the server has taken the question', async () => {
    server.next(
      new TypeError('Failed to fetch'),
      new Line().cut(),
      new Line().send(events.start).cut(),
      new Line().send(events.start, events.turn).cut(),
      new Line().send(events.finish()).done(),
    );

    begin();
    await vi.advanceTimersByTimeAsync(5 * wait);

    expect(server.log).toEqual([...Array<string>(4).fill('POST /api/chat/stream'), 'GET /api/chat/turns/s.1/stream']);
    expect(new Set(server.asked.slice(0, 4).map((asked) => JSON.stringify(asked.body))).size).toBe(1);
    expect(server.asked[0]!.body!['clientMessageId']).toBe('mine');
    expect(ended).toBe(true);
  });

  it('tries for as long as there is no network, with at most 12.5 s between', async () => {
    server.next(...Array<Error>(20).fill(new TypeError('Failed to fetch')), new Line().send(events.start, events.turn, events.finish()).done());

    begin();
    await vi.advanceTimersByTimeAsync(20 * wait);

    expect([server.asked.length, turn.phase.value]).toEqual([21, 'answered']);
  });

  it('waits half a second, then twice as long each time', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    server.next(...Array<Error>(8).fill(new TypeError('Failed to fetch')));
    begin();
    await settle();
    for (const [tries, pause] of [500, 1000, 2000, 4000, 8000, 10_000, 10_000].entries()) {
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(server.asked.length).toBe(tries + 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(server.asked.length).toBe(tries + 2);
    }
  });

  it('tries at once when the network is back', async () => {
    server.next(new TypeError('Failed to fetch'), new Line().send(events.start, events.turn, events.finish()).done());
    begin();
    await settle();
    expect(server.asked.length).toBe(1);

    network.dispatchEvent(new Event('online'));
    await settle();

    expect([server.asked.length, ended, vi.getTimerCount()]).toEqual([2, true, 0]);
  });

  it.each([
    [400, 'validation'],
    [404, 'not_found'],
    [409, 'turn_in_progress'],
    [413, 'payload_too_large'],
    [429, 'rate_limited'],
    [500, 'internal'],
  ])('is over when the server refuses with %i', async (status, code) => {
    server.next(problem(status, code, { 'retry-after': '9' }));

    begin();
    await vi.advanceTimersByTimeAsync(wait);

    expect([ended, server.asked.length, turn.phase.value]).toEqual([true, 1, 'refused']);
    expect(turn.problem.value).toMatchObject({ status, code, retryAfter: 9 });
  });

  it.each([502, 503, 504])('bears %i three times, and is over at the fourth', async (status) => {
    server.next(...Array.from({ length: 4 }, () => problem(status, 'upstream_unavailable')));

    begin();
    await vi.advanceTimersByTimeAsync(wait);
    expect(server.log).toEqual(Array<string>(4).fill('POST /api/chat/stream'));

    expect([ended, turn.phase.value]).toEqual([true, 'refused']);
  });

  it('counts anew after each event', async () => {
    const down = () => Array.from({ length: 3 }, () => problem(503, 'upstream_unavailable'));
    server.next(...down(), new Line().send(events.start, events.turn).cut(), ...down().slice(1), new Line().send(events.finish()).done());

    begin();
    await vi.advanceTimersByTimeAsync(7 * wait);

    expect([ended, server.asked.length, turn.phase.value]).toEqual([true, 7, 'answered']);
  });

  it('is over when only [DONE] was cut off', async () => {
    server.next(new Line().send(events.start, events.turn, events.text('', 'In 1815.'), events.finish()).cut());

    begin();
    await vi.advanceTimersByTimeAsync(wait);

    expect([ended, server.asked.length, turn.phase.value]).toEqual([true, 1, 'answered']);
  });

  it('is over, unanswered, when the server ends without having stored the answer', async () => {
    server.next(new Line().send(events.start, events.turn, events.text('', 'In 1815.'), ['9.0', { type: 'error', errorText: 'Not stored.' }]).done());

    begin();
    await settle();

    expect([ended, turn.phase.value, turn.answer.value]).toEqual([true, 'unanswered', '']);
  });

  it('ends when nobody looks any more: while it waits for the server', async () => {
    server.next((asked) => new Promise<Response>((_, reject) => asked.signal!.addEventListener('abort', () => reject(asked.signal!.reason as Error))));
    begin();
    await settle();

    page.abort();
    await settle();

    expect([ended, turn.phase.value, vi.getTimerCount()]).toEqual([true, 'sending', 0]);
  });

  it('ends when nobody looks any more: in the middle of the answer', async () => {
    server.next(new Line().send(events.start, events.turn, events.text('', 'In ')));
    begin();
    await settle();

    page.abort();
    await settle();

    expect([ended, turn.phase.value, server.asked.length, vi.getTimerCount()]).toEqual([true, 'running', 1, 0]);
  });

  it('ends when nobody looks any more, whatever came at that moment', async () => {
    const line = new Line().send(events.start, events.turn);
    server.next(line);
    begin();
    await settle();

    line.send(events.text('', 'In '), events.finish()).done();
    page.abort();
    await settle();

    expect([ended, turn.phase.value, heard]).toEqual([true, 'running', ['start', 'data-turn']]);
  });

  it('ends when nobody looks any more: between two tries', async () => {
    server.next(new TypeError('Failed to fetch'));
    begin();
    await settle();

    page.abort();
    await vi.advanceTimersByTimeAsync(wait);

    expect([ended, server.asked.length, vi.getTimerCount()]).toEqual([true, 1, 0]);
  });

  it('does not begin when nobody looks', async () => {
    page.abort();
    begin();
    await settle();

    expect([ended, server.asked.length]).toEqual([true, 0]);
  });

  it('loses and doubles nothing, wherever the line is cut', async () => {
    const words = ['In ', 'December ', '1815, ', 'in ', 'London.'];
    const all = [events.start, events.turn, ...words.map((word, index) => events.text(words.slice(0, index).join(''), word)), events.finish()] as const;
    for (let cut = 0; cut <= all.length; cut++) {
      turn = new Turn('When?');
      server.next(new Line().send(...all.slice(0, cut)).cut(), new Line().send(...all.slice(cut < 2 ? 0 : cut)).done());

      begin();
      await vi.advanceTimersByTimeAsync(wait);
      frames.draw();

      expect([turn.phase.value, turn.answer.value], `cut behind ${cut} events`).toEqual(['answered', words.join('')]);
      server = new FakeServer();
    }
  });
});
