import { describe, expect, it, vi } from 'vitest';
import { loadPage, openSession, page, server, session, shown, stored, taken, unsent, useConversation, whole } from '../support/conversation';
import { address } from '../support/fakes';
import { events, Line, settle } from '../support/server';

useConversation();

describe('a question that has not arrived', () => {
  it('is sent again under its own name after a reload', async () => {
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
    expect([shown(), unsent()]).toEqual([['1 answered: When? In 1815.'], []]);
  });

  it('is there once, if it had arrived before the reload', async () => {
    sessionStorage.setItem('twin.unsent', JSON.stringify([{ message: 'Question 1', clientMessageId: 'mine', sessionId: 's' }]));
    address.go('/s/s');
    server.next(session([stored(1)]), whole());

    await page.openAddress();
    await settle();

    expect(shown()).toEqual(['1 answered: Question 1 In 1815.']);
  });

  it('waits until its session is open', async () => {
    sessionStorage.setItem('twin.unsent', JSON.stringify([{ message: 'When?', clientMessageId: 'mine', sessionId: 'other' }]));

    await page.openAddress();

    expect([page.turns.value.length, server.asked.length, unsent().length]).toEqual([0, 0, 1]);
  });

  it('waits while another session is open, and is sent when its own is opened again', async () => {
    await openSession(stored(1));
    server.next(new TypeError('Failed to fetch'));
    page.ask('Question 2');
    await settle();
    const name = server.last.body!['clientMessageId'];
    await page.open(null);
    server.next(new TypeError('Failed to fetch'));
    page.ask('Elsewhere?');
    await settle();
    expect(unsent().map(({ message, sessionId }) => [message, sessionId])).toEqual([['Question 2', 's'], ['Elsewhere?', null]]);

    server.next(session([stored(1)]), new Line().send(events.start, taken(2), events.text('', 'Two'), events.finish()).done());
    await page.open('s');
    await settle();

    expect(server.last.body).toEqual({ message: 'Question 2', sessionId: 's', clientMessageId: name });
    expect(shown()).toEqual(['1 answered: Question 1 Answer 1', '2 answered: Question 2 Two']);
    expect(unsent().map(({ message }) => message)).toEqual(['Elsewhere?']);
  });

  it('is sent once, though its session is opened twice at a time', async () => {
    sessionStorage.setItem('twin.unsent', JSON.stringify([{ message: 'Question 2', clientMessageId: 'mine', sessionId: 's' }]));
    address.go('/s/s');
    server.next(session([stored(1)]), session([stored(1)]), new Line());

    await Promise.all([page.openAddress(), page.openAddress()]);
    await settle();

    expect([shown(), server.asked.length]).toEqual([['1 answered: Question 1 Answer 1', '- sending: Question 2 '], 3]);
  });

  it('is sent when a session that was out of reach has come', async () => {
    sessionStorage.setItem('twin.unsent', JSON.stringify([{ message: 'When?', clientMessageId: 'mine', sessionId: 's' }]));
    address.go('/s/s');
    server.next(new TypeError('Failed to fetch'), session([]), session([]), whole());
    await page.openAddress();
    expect(page.view.value).toBe('unreachable');

    await Promise.all([page.sync(), page.sync()]);
    await settle();

    expect([shown(), unsent(), server.asked.length]).toEqual([['1 answered: When? In 1815.'], [], 4]);
  });

  it('is sent where its session turns out to have been opened before', async () => {
    sessionStorage.setItem('twin.unsent', JSON.stringify([
      { message: 'When?', clientMessageId: 'first', sessionId: null }, { message: 'Question 2', clientMessageId: 'second', sessionId: 's' },
    ]));
    server.next(whole(), new Line().send(taken(2), events.finish()).done());

    await page.openAddress();
    await settle();

    expect([shown(), unsent()]).toEqual([['1 answered: When? In 1815.', '2 answered: Question 2 '], []]);
  });

  it('still waits to be sent when another one of its session was seen', async () => {
    await openSession(stored(1));
    server.next(new TypeError('Failed to fetch'), session([stored(2, 'running', ''), stored(1)]), new Line().send(taken(2)));
    page.ask('When?');
    await settle();

    await page.sync();
    await settle();

    expect(shown()).toEqual(['1 answered: Question 1 Answer 1', '2 running: Question 2 ', '- reconnecting: When? ']);
    expect(unsent().map(({ message }) => message)).toEqual(['When?']);
  });

  it('waits no longer when the server could not store it', async () => {
    server.next(new Line().send(['9.0', { type: 'error', errorText: 'Not stored.' }]).done());

    page.ask('When?');
    await settle();

    expect([shown(), unsent()]).toEqual([['- unanswered: When? '], []]);
  });

  it('stands before those that came after it, if it had arrived', async () => {
    await openSession(stored(1));
    server.next(new TypeError('Failed to fetch'), session([stored(3), stored(2), stored(1)]));
    page.ask('Question 2');
    await settle();
    await page.sync();
    expect(shown().at(-1)).toBe('- reconnecting: Question 2 ');

    server.next(new Line().send(events.start, taken(2), events.text('', 'Answer 2'), events.finish()).done());
    await vi.advanceTimersByTimeAsync(1000);

    expect(shown()).toEqual([1, 2, 3].map((n) => `${n} answered: Question ${n} Answer ${n}`));
  });

  it('is dropped with its session, and only with that', async () => {
    const [here, there] = [{ message: 'Here?', clientMessageId: '1', sessionId: 's' }, { message: 'There?', clientMessageId: '2', sessionId: 'other' }];
    sessionStorage.setItem('twin.unsent', JSON.stringify([here, there]));

    page.forget('other');
    expect(unsent()).toEqual([here]);
    page.forget(null);

    expect(unsent()).toEqual([]);
  });
});
