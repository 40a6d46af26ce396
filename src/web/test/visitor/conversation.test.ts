import { describe, expect, it, vi } from 'vitest';
import { news, openSession, page, server, session, shown, stored, taken, unsent, useConversation, whole } from '../support/conversation';
import { address } from '../support/fakes';
import { events, Line, problem, settle } from '../support/server';

useConversation();

describe('a question', () => {
  it('opens a session, gives the page its address, and tells the other tabs', async () => {
    server.next(whole());

    page.ask('When?');
    expect([page.isAnswering.value, page.isEmpty.value]).toEqual([true, false]);
    expect(unsent()).toMatchObject([{ message: 'When?', sessionId: null }]);
    await settle();

    expect(shown()).toEqual(['1 answered: When? In 1815.']);
    expect([page.sessionId.value, address.location.pathname, unsent(), page.isAnswering.value]).toEqual(['s', '/s/s', [], false]);
    expect(news).toEqual([{ kind: 'turn', sessionId: 's' }, { kind: 'turn', sessionId: 's' }]);
  });

  it('goes on with the session that is open', async () => {
    await openSession(stored(1));
    server.next(new Line().send(taken(2), events.finish()).done());

    page.ask('And then?');
    await settle();

    expect(server.last.body).toMatchObject({ message: 'And then?', sessionId: 's' });
    expect(shown()).toEqual(['1 answered: Question 1 Answer 1', '2 answered: And then? ']);
  });

  it.each(['turn_in_progress', 'validation', 'payload_too_large'])('that is refused as %s goes back into the input', async (code) => {
    await openSession(stored(1));
    server.next(problem(409, code), session([stored(2), stored(1)]));

    page.ask('When?');
    await settle();

    expect([page.returned.value, unsent()]).toEqual([{ text: 'When?', reason: code }, []]);
    expect(shown()).toEqual(['1 answered: Question 1 Answer 1', '2 answered: Question 2 Answer 2']);
  });

  it('that came too soon stays, and is sent again under its own name', async () => {
    server.next(problem(429, 'rate_limited', { 'retry-after': '5' }));
    page.ask('When?');
    await settle();
    expect([shown(), page.returned.value, unsent()]).toEqual([['- refused: When? '], null, []]);

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
    const second = new Line().send(taken(2), events.finish()).done();
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

  it('waits for the answer that is being given', async () => {
    server.next(problem(429, 'rate_limited'), new Line());
    page.ask('When?');
    await settle();
    page.ask('And then?');
    await settle();

    page.retry(page.turns.value[0]!);
    await settle();

    expect([shown(), server.asked.length]).toEqual([['- refused: When? ', '- sending: And then? '], 2]);
  });

  it('is a new question when the server has the first in another session', async () => {
    await openSession(stored(1));
    server.next(problem(409, 'idempotency_conflict'), new Line().send(taken(2), events.finish()).done());
    page.ask('When?');
    await settle();

    page.retry(page.turns.value[1]!);
    await settle();

    expect(new Set(server.asked.slice(1).map((asked) => asked.body!['clientMessageId'])).size).toBe(2);
    expect(shown()).toEqual(['1 answered: Question 1 Answer 1', '2 answered: When? ']);
  });

  it.each(['cut', 'done'] as const)('is read once, though the end of the first stream hangs until it is %s', async (end) => {
    const first = new Line().send(events.start, events.turn, events.finish('unanswered'));
    const second = new Line().send(events.start, events.turn, events.text('', 'In '));
    server.next(first, second);
    page.ask('When?');
    await settle();
    page.retry(page.turns.value[0]!);
    await settle();

    first[end]();
    await vi.advanceTimersByTimeAsync(20_000);
    second.send(events.text('In ', '1815.'), events.finish()).done();
    await settle();

    expect([shown(), server.asked.length]).toEqual([['1 answered: When? In 1815.'], 2]);
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

  it('has older turns once, though one of them was asked again here', async () => {
    sessionStorage.setItem('twin.unsent', JSON.stringify([{ message: 'Question 2', clientMessageId: 'mine', sessionId: 's' }]));
    const own = new Line().send(events.start, taken(2), events.finish()).done();
    server.next(session([stored(4)], 'older'), own, session([stored(3), stored(2)]));
    await page.open('s');
    await settle();
    expect(shown().map((text) => text[0])).toEqual(['2', '4']);

    await page.loadOlder();

    expect(shown().map((text) => text[0])).toEqual(['2', '3', '4']);
  });

  it.each([
    [problem(404, 'not_found'), 'missing'],
    [problem(429, 'rate_limited'), 'unreachable'],
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

    expect([shown(), page.returned.value, unsent(), server.asked.length]).toEqual([[], { text: 'When?', reason: 'taken_back' }, [], 1]);
  });

  it('takes back a question, and goes on reading what is answered to another tab', async () => {
    await openSession();
    const line = new Line().send(events.start, events.turn);
    server.next(new TypeError('Failed to fetch'), session([stored(1, 'running', '')]), line);
    page.ask('When?');
    await settle();
    await page.sync();
    await settle();

    await page.stop();
    line.send(events.text('', 'In 1815.'), events.finish()).done();
    await settle();

    expect([shown(), page.isAnswering.value]).toEqual([['1 answered: Question 1 In 1815.'], false]);
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

    expect([page.sessionId.value, page.isEmpty.value, address.location.pathname, unsent(), server.asked.length]).toEqual([null, true, '/', [], 2]);
  });

  it('another session changes nothing', async () => {
    await openSession(stored(1));

    page.forget('other');

    expect([page.sessionId.value, shown().length, address.location.pathname]).toEqual(['s', 1, '/s/s']);
  });

  it.each([
    [{ kind: 'erased' }, ['/', 1]],
    [{ kind: 'deleted', sessionId: 's' }, ['/', 1]],
    [{ kind: 'deleted', sessionId: 'other' }, ['/s/s', 1]],
    [{ kind: 'turn', sessionId: 's' }, ['/s/s', 2]],
    [{ kind: 'turn', sessionId: 'other' }, ['/s/s', 1]],
  ] as const)('is what other tabs tell of, as %j', async (told, expected) => {
    await openSession(stored(1));
    server.next(session([stored(1)]));

    page.hear(told);
    await settle();

    expect([address.location.pathname, server.asked.length]).toEqual(expected);
  });
});
