import { describe, expect, it, vi } from 'vitest';
import { loadPage, news, openSession, page, pending, server, session, shown, stored, useConversation, whole } from '../support/conversation';
import { address } from '../support/fakes';
import { events, Line, problem, settle } from '../support/server';

useConversation();

describe('a question', () => {
  it('opens a session, gives the page its address, and tells the other tabs', async () => {
    server.next(whole());

    page.ask('When?');
    expect([page.isAnswering.value, page.isEmpty.value]).toEqual([true, false]);
    expect(pending()).toMatchObject({ message: 'When?', sessionId: null });
    await settle();

    expect(shown()).toEqual(['1 answered: When? In 1815.']);
    expect([page.sessionId.value, address.location.pathname, pending(), page.isAnswering.value]).toEqual(['s', '/s/s', null, false]);
    expect(news).toEqual([{ kind: 'turn', sessionId: 's' }, { kind: 'turn', sessionId: 's' }]);
  });

  it('goes on with the session that is open', async () => {
    await openSession(stored(1));
    server.next(new Line().send(['2.0', { type: 'data-turn', data: { turnId: 's.2', sessionId: 's', sequence: 2, createdAt: '2030-01-01T12:00:00+00:00' } }], events.finish()).done());

    page.ask('And then?');
    await settle();

    expect(server.last.body).toMatchObject({ message: 'And then?', sessionId: 's' });
    expect(shown()).toEqual(['1 answered: Question 1 Answer 1', '2 answered: And then? ']);
  });

  it('that a reload interrupted is sent again under its own name', async () => {
    server.next(new TypeError('Failed to fetch'));
    page.ask('When?');
    await settle();
    const name = server.last.body!['clientMessageId'];
    const before = page.turns.value[0]!;

    await loadPage();
    server.next(whole());
    await page.openAddress();
    await settle();

    expect(server.last.body).toEqual({ message: 'When?', sessionId: null, clientMessageId: name });
    expect(before.clientMessageId).toBe(name);
    expect([shown(), pending()]).toEqual([['1 answered: When? In 1815.'], null]);
  });

  it('that had arrived before the reload is there once', async () => {
    sessionStorage.setItem('twin.pending', JSON.stringify({ message: 'Question 1', clientMessageId: 'mine', sessionId: 's' }));
    address.go('/s/s');
    server.next(session([stored(1)]), whole());

    await page.openAddress();
    await settle();

    expect(shown()).toEqual(['1 answered: Question 1 In 1815.']);
  });

  it('of another session waits until that one is open', async () => {
    sessionStorage.setItem('twin.pending', JSON.stringify({ message: 'When?', clientMessageId: 'mine', sessionId: 'other' }));

    await page.openAddress();

    expect([page.turns.value.length, server.asked.length, pending()?.message]).toEqual([0, 0, 'When?']);
  });

  it.each(['turn_in_progress', 'validation', 'payload_too_large'])('that is refused as %s goes back into the input', async (code) => {
    await openSession(stored(1));
    server.next(problem(409, code), session([stored(2), stored(1)]));

    page.ask('When?');
    await settle();

    expect([page.returned.value, pending()]).toEqual([{ text: 'When?', reason: code }, null]);
    expect(shown()).toEqual(['1 answered: Question 1 Answer 1', '2 answered: Question 2 Answer 2']);
  });

  it('that came too soon stays, and is sent again under its own name', async () => {
    server.next(problem(429, 'rate_limited', { 'retry-after': '5' }));
    page.ask('When?');
    await settle();
    expect([shown(), page.returned.value, pending()]).toEqual([['- refused: When? '], null, null]);

    server.next(whole());
    page.retry(page.turns.value[0]!);
    expect(page.isAnswering.value).toBe(true);
    await settle();

    expect(new Set(server.asked.map((asked) => asked.body!['clientMessageId'])).size).toBe(1);
    expect(shown()).toEqual(['1 answered: When? In 1815.']);
  });
});

describe('asking again', () => {
  it('goes on with a turn that was interrupted, under its own name', async () => {
    server.next(new Line().send(events.start, events.turn, events.finish('unanswered')).done(), whole());
    page.ask('When?');
    await settle();

    page.retry(page.turns.value[0]!);
    await settle();

    expect(new Set(server.asked.map((asked) => asked.body!['clientMessageId'])).size).toBe(1);
    expect(shown()).toEqual(['1 answered: When? In 1815.']);
  });

  it('is a new question when the answer broke off: the same name would only bring the same answer', async () => {
    const second = new Line().send(['2.0', { type: 'data-turn', data: { turnId: 's.2', sessionId: 's', sequence: 2, createdAt: '2030-01-01T12:00:00+00:00' } }], events.finish()).done();
    server.next(new Line().send(events.start, events.turn, events.finish('failed')).done(), second);
    page.ask('When?');
    await settle();

    page.retry(page.turns.value[0]!);
    await settle();

    expect(new Set(server.asked.map((asked) => asked.body!['clientMessageId'])).size).toBe(2);
    expect(shown()).toEqual(['1 failed: When? ', '2 answered: When? ']);
  });

  it('is a new question when the turn was not asked on this page', async () => {
    await openSession(stored(1, 'unanswered', ''));
    server.next(whole());

    page.retry(page.turns.value[0]!);
    await settle();

    expect(server.last.body).toMatchObject({ message: 'Question 1', sessionId: 's' });
    expect(server.last.body!['clientMessageId']).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('a session', () => {
  it('shows its newest turns in order, and older ones when asked for', async () => {
    server.next(session([stored(4), stored(3)], 'older'));
    await page.open('s');
    expect([shown().map((text) => text[0]), page.older.value]).toEqual([['3', '4'], 'older']);

    server.next(session([stored(2), stored(1)]));
    await page.loadOlder();

    expect([shown().map((text) => text[0]), page.older.value]).toEqual([['1', '2', '3', '4'], null]);
    expect(server.log).toEqual(['GET /api/memory/sessions/s?order=desc&limit=50', 'GET /api/memory/sessions/s?order=desc&limit=50&cursor=older']);
    await page.loadOlder();
    expect(server.asked.length).toBe(2);
  });

  it('can be asked again for older turns that did not come', async () => {
    server.next(session([stored(4)], 'older'), new TypeError('Failed to fetch'), session([stored(3)]));
    await page.open('s');

    await page.loadOlder();
    expect([shown().length, page.older.value]).toEqual([1, 'older']);
    await page.loadOlder();

    expect([shown().length, page.older.value]).toEqual([2, null]);
  });

  it('has its older turns once, however often they are asked for', async () => {
    server.next(session([stored(4)], 'older'), session([stored(3)]), session([stored(3)]));
    await page.open('s');

    await Promise.all([page.loadOlder(), page.loadOlder()]);

    expect(shown().map((text) => text[0])).toEqual(['3', '4']);
  });

  it.each([
    [problem(404, 'not_found'), 'missing'],
    [problem(503, 'upstream_unavailable'), 'unreachable'],
    [new TypeError('Failed to fetch'), 'unreachable'],
  ])('that does not come is %#', async (answer, view) => {
    server.next(answer);

    await page.open('s');

    expect([page.view.value, page.isEmpty.value]).toEqual([view, false]);
  });

  it('that comes late does not show in the one that was opened after it', async () => {
    let answer: (response: Response) => void;
    server.next(() => new Promise((resolve) => (answer = resolve)));
    const late = page.open('s');

    await page.open(null);
    answer!(session([stored(1)]));
    await late;

    expect([page.sessionId.value, page.view.value, shown()]).toEqual([null, 'open', []]);
  });
});

describe('stop', () => {
  it('ends the answer on the server, and keeps reading', async () => {
    const line = new Line().send(events.start, events.turn, events.text('', 'In '));
    server.next(line, new Response(null, { status: 202 }));
    page.ask('When?');
    await settle();

    await page.stop();
    line.send(events.finish('stopped')).done();
    await settle();

    expect(server.log[1]).toBe('POST /api/chat/turns/s.1/stop');
    expect(shown()).toEqual(['1 stopped: When? In ']);
  });

  it('takes back a question that has not arrived', async () => {
    server.next(new TypeError('Failed to fetch'));
    page.ask('When?');
    await settle();

    await page.stop();
    await vi.advanceTimersByTimeAsync(60_000);

    expect([shown(), page.returned.value, pending(), server.asked.length]).toEqual([[], { text: 'When?', reason: 'taken_back' }, null, 1]);
  });

  it('does nothing when nothing is answered', async () => {
    await openSession(stored(1));

    await page.stop();

    expect(server.asked.length).toBe(1);
  });
});

describe('forgetting', () => {
  it.each(['s', null])('%s empties the page, its address and what was to be sent', async (id) => {
    await openSession(stored(1));
    server.next(new TypeError('Failed to fetch'));
    page.ask('When?');
    await settle();

    page.forget(id);
    await vi.advanceTimersByTimeAsync(60_000);

    expect([page.sessionId.value, page.isEmpty.value, address.location.pathname, pending(), server.asked.length]).toEqual([null, true, '/', null, 2]);
  });

  it('another session changes nothing', async () => {
    await openSession(stored(1));

    page.forget('other');

    expect([page.sessionId.value, shown().length, address.location.pathname]).toEqual(['s', 1, '/s/s']);
  });
});
