import { signal } from '@preact/signals';
import { randomId, type Citation, type TurnStatus, type TurnView } from '../shared/api';
import type { TurnEvent } from '../shared/events';
import type { Problem } from '../shared/problem';

/**
 * Where a turn stands on this page: on its way to the server, being written, cut and trying again, or as the server left it.
 * `refused`: the server did not take the question; nothing of it is kept there.
 */
export type Phase = 'sending' | 'running' | 'reconnecting' | 'refused' | Exclude<TurnStatus, 'running'>;

let nextKey = 1;

/** A question and its answer, as this page knows them. */
export class Turn {
  readonly key = nextKey++;
  readonly phase = signal<Phase>('sending');
  readonly answer = signal('');
  readonly citations = signal<readonly Citation[]>([]);
  readonly suggestions = signal<readonly string[]>([]);
  readonly rating = signal<string | null>(null);
  readonly problem = signal<Problem | null>(null);
  /** When a refused question may be sent again, in milliseconds of the epoch. */
  readonly retryAt = signal(0);
  /** The server's name for it, once known. */
  id: string | null = null;
  sequence = Number.MAX_SAFE_INTEGER;
  createdAt = new Date();
  /** Written before the reader's eyes. */
  isFresh = false;
  /** Ends its being read from the server; null while nobody reads. */
  reading: AbortController | null = null;
  /** Asked on this page, so that its `clientMessageId` is the one the server knows. */
  isOwn = true;

  private pending = '';
  private frame = 0;

  constructor(
    readonly question: string,
    readonly clientMessageId: string = randomId(),
  ) {}

  static from(view: TurnView): Turn {
    const turn = new Turn(view.question);
    turn.id = view.turnId;
    turn.isOwn = false;
    turn.update(view);
    return turn;
  }

  get isActive(): boolean {
    return this.phase.value === 'sending' || this.phase.value === 'running' || this.phase.value === 'reconnecting';
  }

  /** The server keeps it as it is. One that a crash left unanswered may be answered yet, and a refused one be there after all. */
  get isSettled(): boolean {
    return !this.isActive && this.phase.value !== 'unanswered' && this.phase.value !== 'refused';
  }

  /** Takes over what the server has stored. */
  update(view: TurnView): void {
    this.sequence = view.sequence;
    this.createdAt = new Date(view.createdAt);
    this.reset();
    this.answer.value = view.answer;
    this.citations.value = view.citations;
    this.suggestions.value = view.suggestions;
    this.rating.value = view.feedback?.rating ?? null;
    this.phase.value = view.status;
  }

  /** Nobody reads it any longer; the server goes on. */
  leave(): void {
    this.reading?.abort();
    this.reading = null;
  }

  /** Back to the bare question, to be answered anew. */
  reset(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.pending = '';
    this.answer.value = '';
    this.citations.value = [];
    this.suggestions.value = [];
    this.problem.value = null;
  }

  apply(event: TurnEvent): void {
    switch (event.type) {
      case 'start':
        this.reset(); // The answer comes from its beginning: the first time, or written anew after a crash.
        break;
      case 'data-turn':
        this.id = event.data.turnId;
        this.sequence = event.data.sequence;
        this.createdAt = new Date(event.data.createdAt);
        break;
      case 'text-delta':
        this.append(event.delta);
        break;
      case 'text-end':
        this.flush();
        break;
      case 'data-citation':
        this.citations.value = [...this.citations.value.filter((known) => known.n !== event.data.n), event.data];
        break;
      case 'data-suggestions':
        this.suggestions.value = event.data;
        break;
      case 'finish':
        this.finish(event.messageMetadata?.status ?? 'answered');
        break;
    }
  }

  refuse(problem: Problem): void {
    this.flush();
    this.problem.value = problem;
    this.retryAt.value = Date.now() + (problem.retryAfter ?? 0) * 1000;
    this.phase.value = 'refused';
  }

  /** The stream is over; without a `finish` the answer could not be stored. */
  end(): void {
    if (this.isActive) {
      this.finish('unanswered');
    }
  }

  private finish(status: TurnStatus): void {
    this.flush();
    if (status === 'unanswered') {
      this.reset(); // What was said before the server went down was never stored.
    }
    this.phase.value = status;
  }

  /** Text that comes within one frame is shown in one step; a hidden page, which has no frames, shows it at the end. */
  private append(delta: string): void {
    this.pending += delta;
    this.frame ||= requestAnimationFrame(() => this.flush());
  }

  private flush(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (this.pending) {
      this.answer.value += this.pending;
      this.pending = '';
    }
  }
}
