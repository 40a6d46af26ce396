import { describe, expect, it } from 'vitest';
import { news, openSession, page, server, session, shown, stored, taken, unsent, useConversation, whole } from '../support/conversation';
import { events, Line, problem, settle } from '../support/server';

useConversation();

describe('a look at the server', () => {
  it('keeps the older turns', async () => {
    server.next(session([stored(4)], 'older'), session([stored(3)]), session([stored(4)], 'older'));
    await page.open('s');
    await page.loadOlder();

    await page.sync();

    expect([shown().map((text) => text[0]), page.older.value]).toEqual([['3', '4'], null]);
  });

  it('begins anew with the newest turns when more came than one look shows', async () => {
    await openSession(stored(1));
    server.next(session([stored(4), stored(3)], 'older'), session([stored(2), stored(1)]));

    await page.sync();
    expect([shown().map((text) => text[0]), page.older.value]).toEqual([['3', '4'], 'older']);
    await page.loadOlder();

    expect([shown().map((text) => text[0]), page.older.value]).toEqual([['1', '2', '3', '4'], null]);
  });

  it('loads a session that could not be reached', async () => {
    server.next(new TypeError('Failed to fetch'), session([stored(1)]));
    await page.open('s');

    await page.sync();

    expect([page.view.value, shown()]).toEqual(['open', ['1 answered: Question 1 Answer 1']]);
  });

  it('keeps a session that came, though another request for it failed', async () => {
    let fail!: (error: Error) => void;
    server.next(() => new Promise((_, reject) => (fail = reject)), session([stored(1)]));
    const hanging = page.open('s');

    await page.sync();
    expect([page.view.value, shown()]).toEqual(['open', ['1 answered: Question 1 Answer 1']]);
    fail(new TypeError('Failed to fetch'));
    await hanging;

    expect([page.view.value, shown()]).toEqual(['open', ['1 answered: Question 1 Answer 1']]);
  });

  it('takes over what happened elsewhere, each turn once', async () => {
    await openSession(stored(1));
    server.next(session([stored(3), stored(2), stored(1)]));

    await page.sync();
    server.next(session([stored(3), stored(2), stored(1)]));
    await page.sync();

    expect(shown().map((text) => text[0])).toEqual(['1', '2', '3']);
  });

  it('follows a turn that runs elsewhere from its start', async () => {
    server.next(session([stored(1, 'running', '')]), whole());

    await page.open('s');
    await settle();

    expect(server.log[1]).toBe('GET /api/chat/turns/s.1/stream');
    expect([server.last.lastEventId, shown()]).toEqual([null, ['1 answered: Question 1 In 1815.']]);
  });

  it('leaves alone what is being read here', async () => {
    const line = new Line().send(events.start, events.turn, events.text('', 'In '), ['5.0', { type: 'text-end', id: 'answer' }]);
    server.next(line);
    page.ask('When?');
    await settle();
    server.next(session([stored(1, 'running', '')]));

    await page.sync();
    expect([shown(), server.asked.length]).toEqual([['1 running: When? In '], 2]);
    line.send(events.text('In ', '1815.'), events.finish()).done();
    await settle();

    expect(shown()).toEqual(['1 answered: When? In 1815.']);
  });

  it('keeps the end of an answer that came while the server told that it was running', async () => {
    const line = new Line().send(events.start, events.turn);
    server.next(line);
    page.ask('When?');
    await settle();
    let tell!: (answer: Response) => void;
    server.next(() => new Promise((resolve) => (tell = resolve)));
    const looked = page.sync();
    await settle();
    line.send(events.finish('stopped')).done();
    await settle();

    tell(session([stored(1, 'running', '')]));
    await looked;
    await settle();

    expect([shown(), server.asked.length]).toEqual([['1 stopped: When? '], 2]);
  });

  it('keeps an answer, though the server told before that there was none', async () => {
    await openSession(stored(1, 'unanswered', ''));
    server.next(session([stored(1)]), session([stored(1, 'unanswered', '')]));

    await page.sync();
    await page.sync();

    expect(shown()).toEqual(['1 answered: Question 1 Answer 1']);
  });

  it('follows what is answered anew elsewhere, though the end of its first stream hangs', async () => {
    server.next(new Line().send(events.start, events.turn, events.finish('unanswered')), session([stored(1, 'running', '')]), whole());
    page.ask('When?');
    await settle();

    await page.sync();
    await settle();

    expect(shown()).toEqual(['1 answered: When? In 1815.']);
  });

  it('asks what became of a turn that ran, though another one came after it', async () => {
    await openSession(stored(1, 'unanswered', ''), stored(2));
    server.next(session([stored(1, 'running', '')]), new Line().send(events.start, events.turn, events.finish('unanswered')).done());

    await page.sync();
    await settle();

    expect([shown()[0], page.turns.value[0]!.reading]).toEqual(['1 unanswered: Question 1 ', null]);
  });

  it('follows once more what was lost here and is answered anew elsewhere', async () => {
    server.next(new Line().send(events.start, events.turn, events.finish('unanswered')).done());
    page.ask('When?');
    await settle();
    expect(shown()).toEqual(['1 unanswered: When? ']);
    server.next(session([stored(1, 'running', '')]), whole());

    await page.sync();
    await settle();

    expect(server.last.path).toBe('/api/chat/turns/s.1/stream');
    expect(shown()).toEqual(['1 answered: When? In 1815.']);
  });

  it('has a question once, though another tab told of it before its own stream did', async () => {
    await openSession(stored(1));
    const line = new Line();
    server.next(line);
    page.ask('Question 2');
    await settle();
    server.next(session([stored(2), stored(1)]));
    await page.sync();
    expect(page.turns.value.length).toBe(3);

    line.send(taken(2), events.text('', 'Two'), events.finish()).done();
    await settle();

    expect(shown()).toEqual(['1 answered: Question 1 Answer 1', '2 answered: Question 2 Two']);
  });

  it('has a question once, though it is followed before its own stream tells of it', async () => {
    await openSession(stored(1));
    const [own, looked] = [new Line(), new Line()];
    server.next(own, session([stored(2, 'running', ''), stored(1)]), looked);
    page.ask('Question 2');
    await settle();
    await page.sync();
    await settle();
    expect(server.last.path).toBe('/api/chat/turns/s.2/stream');

    own.send(taken(2));
    await settle();
    own.send(events.text('', 'Two'), events.finish()).done();
    await settle();

    expect(shown()).toEqual(['1 answered: Question 1 Answer 1', '2 answered: Question 2 Two']);
    expect([looked.isOpen, news.length]).toEqual([false, 2]);
  });

  it('finds that the session was deleted elsewhere', async () => {
    await openSession(stored(1));
    server.next(problem(404, 'not_found'));

    await page.sync();

    expect(page.view.value).toBe('missing');
  });

  it('gives back what a session did not take that was deleted elsewhere', async () => {
    await openSession(stored(1));
    server.next(problem(429, 'rate_limited'), new TypeError('Failed to fetch'), problem(404, 'not_found'));
    page.ask('Refused?');
    await settle();
    page.ask('On its way?');
    await settle();
    const back: (string | undefined)[] = [];
    page.returned.subscribe((one) => back.push(one?.text));

    await page.sync();

    expect([page.view.value, page.isAnswering.value, unsent(), back.slice(1)]).toEqual(['missing', false, [], ['Refused?', 'On its way?']]);
  });

  it('leaves all as it is when nobody answers', async () => {
    await openSession(stored(1));
    server.next(problem(503, 'upstream_unavailable'), new TypeError('Failed to fetch'));

    await page.sync();
    await page.sync();

    expect([page.view.value, shown().length]).toEqual(['open', 1]);
  });
});
