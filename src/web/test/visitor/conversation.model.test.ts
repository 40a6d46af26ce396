import { afterEach, expect, it, vi } from 'vitest';
import { address, frames, tabs } from '../support/fakes';
import { randomNumbers } from '../support/random';
import { FakeServer, problem, stopClocks, type Asked, type Given } from '../support/server';
import { TwinModel } from '../support/twin-model';

/** The first so many walks, or as many as `SEEDS` says; `SEED=17` is that one alone. `STEPS` makes them longer. */
const { SEED, SEEDS = 150, STEPS = 30 } = import.meta.env as { SEED?: string; SEEDS?: string; STEPS?: string };
const seeds = SEED ? [Number(SEED)] : Array.from({ length: Number(SEEDS) }, (_, index) => index + 1);

/** What an action returns that could not be done at that time. */
const impossible = Symbol('impossible');

afterEach(() => void vi.useRealTimers());

it.each(seeds)('a conversation holds, whatever happens: seed %i', async (seed) => {
  const walk = new Walk(seed);
  try {
    await walk.go();
  } catch (error) {
    (error as Error).message += `\nSEED=${seed}\n${walk.steps.join('\n')}`;
    throw error;
  }
});

/** A visitor with a page, a second tab and a bad line, for some dozen steps. */
class Walk {
  readonly steps: string[] = [];
  private readonly random: () => number;
  private readonly twin = new TwinModel(4);
  private page!: typeof import('../../src/visitor/conversation');
  private otherTab!: InstanceType<typeof tabs.Channel>;
  private isOnline = true;
  /** How often the twin answers that it cannot. */
  private readonly badness: number;
  /** From now on everything arrives. */
  private isCalm = false;
  /** Requests and answers that are on their way. */
  private held: { go: () => void; fail: () => void }[] = [];
  /** What came back into the input. */
  private input: string[] = [];
  private questions = 0;
  /** How often each question may be in the twin's book. */
  private readonly asked = new Map<string, number>();
  /** Each turn that was shown at its end, as it was. */
  private readonly settled = new Map<string, string>();
  /** Questions that nobody misses: their conversation was deleted, or the visitor left after the page had told that they were refused. */
  private readonly given = new Set<string>();

  constructor(seed: number) {
    this.random = randomNumbers(Math.imul(seed, 2654435761));
    this.actions.forEach((action) => (action[0] *= this.oneOf([0.2, 1, 5])!)); // Each walk has its own habits,
    this.badness = this.oneOf([0, 0.15, 0.6])!; // and its own line.
  }

  async go(): Promise<void> {
    stopClocks();
    vi.spyOn(Math, 'random').mockImplementation(this.random);
    new FakeServer((asked) => this.carry(asked));
    await this.load();
    for (let left = 10 + this.below(Number(STEPS)); left > 0; left--) {
      await this.step();
      this.checkAlways();
    }
    await this.calmDown();
    this.check();
    for (const { sessionId } of this.pending()) {
      this.leave(() => this.page.open(sessionId));
      await this.calmDown();
      this.check();
    }
    expect(this.pending(), 'nothing is to be sent').toEqual([]);
  }

  // What may happen, and how often.
  private readonly actions: [weight: number, name: string, act: () => unknown][] = [
    [6, 'ask', () => this.ask()],
    [2, 'stop', () => (this.page.isAnswering.value ? void this.page.stop().catch(() => {}) : impossible)],
    [3, 'retry', () => this.retry()],
    [3, 'look', () => void this.page.sync()],
    [1, 'earlier', () => void this.page.loadOlder()],
    [1, 'new conversation', () => this.leave(() => this.page.open(null))],
    [2, 'open', () => this.leave(() => this.page.open(this.oneOf([...this.twin.sessions.keys()]) ?? null))],
    [1, 'back', () => this.leave(() => this.back())],
    [2, 'reload', () => this.leave(() => this.load())],
    [1, 'delete here', () => this.delete((id) => this.page.forget(id))],
    [1, 'delete elsewhere', () => this.delete((id) => this.tell({ kind: 'deleted', sessionId: id }))],
    [1, 'erase elsewhere', () => this.erase()],
    [3, 'ask elsewhere', () => this.askElsewhere()],
    [1, 'stop elsewhere', () => this.with(this.twin.running, (turn) => this.twin.end(turn, 'stopped'))],
    [5, 'the twin says more', () => this.with(this.twin.running, (turn) => this.twin.say(turn))],
    [4, 'the twin ends', () => this.with(this.twin.running, (turn) => this.twin.end(turn, this.random() < 0.2 ? 'failed' : 'answered'))],
    [1, 'the answer is lost', () => this.with(this.twin.running, (turn) => this.twin.lose(turn))],
    [1, 'the twin crashes', () => this.twin.crash()],
    [8, 'events flow', () => this.with(this.twin.readers, (reader) => this.twin.flow(reader, 1 + this.below(4)))],
    [6, 'a message goes on', () => this.with(this.held, ({ go }) => go())],
    [2, 'a message is lost', () => this.with(this.held, ({ fail }) => fail())],
    [3, 'a line is cut', () => this.with(this.twin.readers, ({ line }) => line.cut())],
    [1, 'a line breaks', () => this.with(this.twin.readers, ({ line }) => line.fail(new TypeError('network error')))],
    [1, 'a line falls silent', () => this.with(this.twin.readers, (reader) => (this.twin.readers = this.twin.readers.filter((other) => other !== reader)))],
    [1, 'offline', () => (this.isOnline ? this.goOffline() : impossible)],
    [2, 'online', () => (this.isOnline ? impossible : this.goOnline())],
    [4, 'time passes', () => this.wait(200 + this.below(15_000))],
  ];

  private async step(): Promise<void> {
    let name: string;
    let act: () => unknown;
    do {
      let at = this.random() * this.actions.reduce((sum, [weight]) => sum + weight, 0);
      [, name, act] = this.actions.find(([weight]) => (at -= weight) < 0)!;
    } while ((await act()) === impossible);
    await settle();
    this.steps.push(`${name}: ${this.page.view.value} ${this.page.sessionId.value} [${this.shown().join(', ')}]`);
  }

  // The visitor.

  private ask(): unknown {
    if (this.page.isAnswering.value || this.page.view.value !== 'open') {
      return impossible;
    }
    const text = this.random() < 0.5 && this.input.pop() || `Q${++this.questions}`;
    this.mayAsk(text);
    return this.page.ask(text);
  }

  /** Presses the button under a turn that did not end well. */
  private retry(): unknown {
    return this.with(this.page.turns.value.filter(({ phase }) => ['refused', 'failed', 'unanswered'].includes(phase.value)), (turn) => {
      const [phase, code] = [turn.phase.value, turn.problem.value?.code];
      if (code === 'not_found' && phase === 'refused') {
        this.leave(() => this.page.open(null));
        return;
      }
      const isSame = (phase === 'refused' && code !== 'idempotency_conflict') || (turn.isOwn && phase === 'unanswered' && turn === this.page.latest.value);
      if (!isSame && !this.page.isAnswering.value) {
        this.mayAsk(turn.question);
      }
      this.page.retry(turn);
    });
  }

  private mayAsk(question: string): void {
    this.asked.set(question, (this.asked.get(question) ?? 0) + 1);
  }

  private leave(go: () => Promise<void>): void {
    this.refused().forEach((question) => this.given.add(question));
    void go();
  }

  private back(): Promise<void> {
    address.go(this.random() < 0.3 ? '/' : `/s/${this.oneOf([...this.twin.sessions.keys()]) ?? 'none'}`);
    return this.page.followAddress();
  }

  /** A new page in the same tab: what the one before waited for never comes. */
  private async load(): Promise<void> {
    this.held = [];
    this.twin.readers = [];
    vi.clearAllTimers();
    frames.clear();
    vi.resetModules();
    tabs.all.length = 0;
    const network = new EventTarget();
    vi.stubGlobal('addEventListener', network.addEventListener.bind(network));
    vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network));
    vi.stubGlobal('dispatchEvent', network.dispatchEvent.bind(network));
    this.page = await import('../../src/visitor/conversation');
    (await import('../../src/visitor/tabs')).listen((news) => this.page.hear(news));
    this.page.returned.subscribe((back) => {
      if (back) {
        this.page.returned.value = null;
        this.input.push(back.text);
      }
    });
    this.otherTab = new tabs.Channel('digital-twin');
    void this.page.openAddress();
  }

  private delete(tell: (id: string) => void): unknown {
    return this.with([...this.twin.sessions.keys()], (id) => {
      this.twin.sessions.get(id)!.forEach(({ question }) => this.given.add(question));
      if (id === this.page.sessionId.value) {
        this.page.turns.value.forEach(({ question }) => this.given.add(question));
      }
      this.pending().filter(({ sessionId }) => sessionId === id).forEach(({ message }) => this.given.add(message));
      this.twin.delete(id);
      tell(id);
    });
  }

  private erase(): unknown {
    if (this.random() < 0.8) {
      return impossible; // It ends most of what could go wrong.
    }
    [...this.asked.keys()].forEach((question) => this.given.add(question));
    [...this.twin.sessions.keys()].forEach((id) => this.twin.delete(id));
    this.otherTab.postMessage({ kind: 'erased' });
  }

  private askElsewhere(): unknown {
    const id = this.random() < 0.8 ? this.page.sessionId.value : this.oneOf([...this.twin.sessions.keys()]);
    const isBegun = id && this.twin.sessions.has(id) && this.twin.begin(id, `E${++this.questions}`, null);
    return isBegun ? this.tell({ kind: 'turn', sessionId: id }) : impossible;
  }

  /** The other tab does not always find the words. */
  private tell(news: object): void {
    if (this.random() < 0.7) {
      this.otherTab.postMessage(news);
    }
  }

  // The line.

  private async carry(asked: Asked): Promise<Given> {
    await this.travel(asked);
    if (!this.isCalm && this.random() < this.badness) {
      return this.random() < 0.8 ? problem(503, 'upstream_unavailable') : problem(429, 'rate_limited');
    }
    const answer = this.twin.answer(asked);
    await this.travel(asked);
    return answer;
  }

  /** One way there or back; most are short. */
  private async travel({ signal }: Asked): Promise<void> {
    if (!this.isOnline) {
      throw new TypeError('Failed to fetch');
    }
    if (this.isCalm || this.random() < 0.6) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      signal?.throwIfAborted();
      const message = { go: resolve, fail: () => reject(new TypeError('Failed to fetch')) };
      this.held.push(message);
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }

  private goOffline(): void {
    this.isOnline = false;
    this.held.splice(0).forEach(({ fail }) => fail());
    this.twin.readers.splice(0).forEach(({ line }) => line.fail(new TypeError('network error')));
  }

  private goOnline(): void {
    this.isOnline = true;
    dispatchEvent(new Event('online'));
    void this.page.sync();
  }

  private async wait(time: number): Promise<void> {
    for (let left = time; left > 0; left -= 500) {
      vi.advanceTimersByTime(Math.min(500, left));
      await settle();
    }
  }

  /** Everything arrives, every answer ends, and the page looks once more. */
  private async calmDown(): Promise<void> {
    this.isCalm = true;
    this.goOnline();
    for (let round = 0; round < 120; round++) {
      this.held.splice(0).forEach(({ go }) => go());
      this.twin.running.forEach((turn) => this.twin.end(turn, 'answered'));
      this.twin.readers.forEach((reader) => this.twin.flow(reader, 99));
      await this.wait(500);
    }
    await this.page.sync();
    await settle();
    for (let page = 0; page < 20; page++) {
      await this.page.loadOlder();
    }
    frames.draw();
  }

  // What must hold.

  private checkAlways(): void {
    const ids = this.page.turns.value.map(({ id }) => id).filter((id) => id !== null);
    expect(ids, 'no turn twice').toEqual([...new Set(ids)]);
    const places = this.page.turns.value.filter(({ id }) => id !== null).map(({ sequence }) => sequence);
    expect(places, 'in order').toEqual(places.toSorted((left, right) => left - right));
    for (const turn of this.page.turns.value.filter(({ id, isSettled }) => id !== null && isSettled)) {
      const now = `${turn.phase.value} ${turn.answer.value}`;
      expect(now, 'what is settled stays so').toBe(this.settled.get(turn.id!) ?? now);
      this.settled.set(turn.id!, now);
    }
    const gone = this.page.view.value === 'missing' && this.twin.sessions.has(this.page.sessionId.value!);
    expect(gone, 'what is missing is gone').toBe(false);
    const { view, turns } = this.page;
    expect(view.value === 'open' || turns.value.length === 0, 'what is there is shown').toBe(true);
    const onTheirWay = this.page.turns.value.filter(({ id, isOwn, isActive }) => id === null && isOwn && isActive).map(({ question }) => question);
    const kept = this.pending().filter(({ sessionId }) => sessionId === this.page.sessionId.value).map(({ message }) => message);
    expect(this.page.view.value === 'open' ? onTheirWay : kept, 'what is on its way outlives a reload').toEqual(kept);
  }

  private check(): void {
    this.checkAlways();
    const { turns, sessionId, view } = this.page;
    const kept = this.twin.sessions.get(sessionId.value ?? '');
    expect(view.value, 'what is shown').toBe(sessionId.value && !kept ? 'missing' : 'open');
    if (kept) {
      const known = turns.value.filter(({ id }) => id !== null);
      expect(known.map((turn) => `${turn.sequence} ${turn.phase.value}: ${turn.question} ${turn.answer.value}`), 'the page has what the twin has')
        .toEqual(kept.map((turn) => `${turn.sequence} ${turn.status}: ${turn.question} ${turn.answer.join('')}`));
    }
    expect(turns.value.filter(({ isActive }) => isActive).map(({ question }) => question), 'nothing waits for ever').toEqual([]);

    const counts = new Map<string, number>();
    this.twin.turns.filter(({ name }) => name !== null).forEach(({ question }) => counts.set(question, (counts.get(question) ?? 0) + 1));
    expect([...counts].filter(([question, count]) => count > (this.asked.get(question) ?? 0)), 'no question went out twice').toEqual([]);
    const here = new Set([...this.input, ...this.given, ...this.refused(), ...this.pending().map(({ message }) => message), ...counts.keys()]);
    expect([...this.asked.keys()].filter((question) => !here.has(question)), 'no question was lost').toEqual([]);
  }

  private shown(): string[] {
    return this.page.turns.value.map(({ id, phase, question }) => `${question} ${id ?? '-'} ${phase.value}`);
  }

  private refused(): string[] {
    return this.page.turns.value.filter(({ phase }) => phase.value === 'refused').map(({ question }) => question);
  }

  private pending(): { message: string; sessionId: string | null }[] {
    return JSON.parse(sessionStorage.getItem('twin.unsent') ?? '[]') as { message: string; sessionId: string | null }[];
  }

  // Chance.

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private oneOf<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)];
  }

  private with<T>(items: readonly T[], act: (item: T) => unknown): unknown {
    return items.length > 0 ? act(this.oneOf(items)!) : impossible;
  }
}

declare const setImmediate: (callback: () => void) => void;

/** Lets everything happen that waits for nothing but its turn; in real time, since the clocks stand still. */
async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  await new Promise<void>((resolve) => setImmediate(resolve));
}
