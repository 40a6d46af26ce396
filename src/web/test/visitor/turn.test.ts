import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Citation, TurnView } from '../../src/shared/api';
import { Problem } from '../../src/shared/problem';
import { Turn } from '../../src/visitor/turn';
import { frames } from '../support/fakes';

const citation = (n: number, quote = 'q'): Citation => ({ n, documentId: 'prices', title: 'Prices', quote });
const delta = (text: string) => ({ type: 'text-delta', id: 'answer', delta: text }) as const;
const view: TurnView = {
  turnId: 's.3', sequence: 3, question: 'How much?', answer: 'Much. [1]', status: 'answered', citations: [citation(1)], suggestions: ['More?'],
  agent: 'twin', engine: 'extractive', createdAt: '2030-01-01T12:00:00+00:00', feedback: { rating: 'up', at: '2030-01-01T12:00:00+00:00' },
};

let turn: Turn;
beforeEach(() => void (turn = new Turn('How much?')));

describe('a turn', () => {
  it('takes its name, place and time from the server', () => {
    turn.apply({ type: 'start', messageId: 's.2' });
    expect([turn.id, turn.sequence]).toEqual([null, Number.MAX_SAFE_INTEGER]);

    turn.apply({ type: 'data-turn', data: { turnId: 's.2', sessionId: 's', sequence: 2, createdAt: '2030-01-01T12:00:00+00:00' } });

    expect([turn.id, turn.sequence, turn.createdAt.getTime()]).toEqual(['s.2', 2, Date.UTC(2030, 0, 1, 12)]);
  });

  it('shows the text of one frame in one step', () => {
    const shown: string[] = [];
    turn.answer.subscribe((text) => shown.push(text));
    turn.apply({ type: 'text-start', id: 'answer' });
    for (const text of ['I ', 'was ', 'born.']) {
      turn.apply(delta(text));
    }
    expect(frames.waiting.size).toBe(1);

    frames.draw();
    turn.apply(delta(' Yes'));
    turn.apply(delta('.'));
    frames.draw();
    frames.draw();

    expect(shown).toEqual(['', 'I was born.', 'I was born. Yes.']);
  });

  it('shows all text at its end, though a hidden page has no frames', () => {
    turn.apply(delta('I was '));
    turn.apply(delta('born.'));
    turn.apply({ type: 'text-end', id: 'answer' });

    expect([turn.answer.value, frames.waiting.size]).toEqual(['I was born.', 0]);

    turn.apply(delta('.'));
    turn.apply({ type: 'finish', messageMetadata: { status: 'stopped', agent: 'twin', engine: null } });

    expect([turn.answer.value, turn.phase.value, turn.isActive]).toEqual(['I was born..', 'stopped', false]);
  });

  it('has each citation once', () => {
    turn.apply({ type: 'data-citation', id: 'citation-1', data: citation(1) });
    turn.apply({ type: 'data-citation', id: 'citation-2', data: citation(2) });
    turn.apply({ type: 'data-citation', id: 'citation-1', data: citation(1, 'again') });

    expect(turn.citations.value.map(({ n, quote }) => `${n}${quote}`).sort()).toEqual(['1again', '2q']);
  });

  it('passes over what it does not know', () => {
    turn.apply({ type: 'source-document', sourceId: 'prices', mediaType: 'text/plain', title: 'Prices' });
    turn.apply({ type: 'error', errorText: 'Broken.' });
    turn.apply({ type: 'data-later', data: 1 } as never);

    expect([turn.phase.value, turn.answer.value]).toEqual(['sending', '']);
  });

  it('keeps the questions to go on with', () => {
    turn.apply({ type: 'data-suggestions', data: ['And then?'] });

    expect(turn.suggestions.value).toEqual(['And then?']);
  });

  it('ends answered when nothing else is said', () => {
    turn.apply({ type: 'finish' });

    expect(turn.phase.value).toBe('answered');
  });

  it('that was interrupted forgets what was never stored', () => {
    turn.apply(delta('I was'));
    turn.apply({ type: 'data-citation', id: 'citation-1', data: citation(1) });
    turn.apply({ type: 'finish', messageMetadata: { status: 'unanswered', agent: 'twin', engine: null } });
    frames.draw();

    expect([turn.phase.value, turn.answer.value, turn.citations.value]).toEqual(['unanswered', '', []]);
  });

  it('that is refused knows when it may be sent again', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const problem = new Problem(429, 'rate_limited', 'Slow down.', 7);

    turn.refuse(problem);

    expect([turn.phase.value, turn.problem.value, turn.retryAt.value, turn.isActive]).toEqual(['refused', problem, 1_007_000, false]);
    vi.useRealTimers();
  });

  it('of the server is as it was stored, and not asked here', () => {
    const stored = Turn.from(view);

    expect([stored.id, stored.sequence, stored.answer.value, stored.phase.value, stored.rating.value, stored.isOwn, stored.isFresh])
      .toEqual(['s.3', 3, 'Much. [1]', 'answered', 'up', false, false]);
    expect(stored.citations.value).toEqual(view.citations);
  });

  it('starts anew without what was on its way', () => {
    turn.apply(delta('old'));
    frames.draw();
    turn.apply(delta(' and older'));

    turn.reset();
    frames.draw();
    turn.apply(delta('new'));
    frames.draw();

    expect(turn.answer.value).toBe('new');
  });

  it('has a name of its own for the server to know it by', () => {
    expect(turn.clientMessageId).toMatch(/^[0-9a-f]{32}$/);
    expect(new Turn('How much?').clientMessageId).not.toBe(turn.clientMessageId);
    expect(new Turn('How much?', 'known').clientMessageId).toBe('known');
  });
});
