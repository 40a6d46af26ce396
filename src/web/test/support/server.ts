import { vi } from 'vitest';

/** One request that the page made. */
export interface Asked {
  method: string;
  path: string;
  body: Record<string, unknown> | undefined;
  lastEventId: string | null;
  signal: AbortSignal | undefined;
}

export type Given = Response | Error | Line;
type Answer = Given | ((asked: Asked) => Given | Promise<Given>);

/** A stream that a test feeds by hand; it breaks off when the page aborts its request, and what is sent after that gets lost. */
export class Line {
  private controller!: ReadableStreamDefaultController<Uint8Array>;
  /** Whether anybody still reads. */
  isOpen = true;
  readonly body = new ReadableStream<Uint8Array>({
    start: (controller) => void (this.controller = controller),
    cancel: () => void (this.isOpen = false),
  });

  send(...events: (readonly [id: string, event: object])[]): this {
    for (const [id, event] of events) {
      this.raw(`id: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
    }
    return this;
  }

  done(): this {
    this.raw('id: 11.0\ndata: [DONE]\n\n');
    return this;
  }

  cut(): this {
    if (this.isOpen) {
      this.controller.close();
    }
    this.isOpen = false;
    return this;
  }

  fail(error: unknown): void {
    this.isOpen = false;
    this.controller.error(error);
  }

  private raw(text: string): void {
    if (this.isOpen) {
      this.controller.enqueue(new TextEncoder().encode(text));
    }
  }
}

/**
 * Stands in for the twin: answers requests in their order, and remembers them. One without an answer fails the test, unless `otherwise`
 * has one.
 */
export class FakeServer {
  readonly asked: Asked[] = [];
  private readonly answers: Answer[] = [];

  constructor(private readonly otherwise?: (asked: Asked) => Given | Promise<Given>) {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) }); // Hashing takes real time; api.test.ts has it.
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => this.answer(path, init));
  }

  next(...answers: Answer[]): this {
    this.answers.push(...answers);
    return this;
  }

  get last(): Asked {
    return this.asked.at(-1)!;
  }

  /** `GET /x` for each request so far. */
  get log(): string[] {
    return this.asked.map(({ method, path }) => `${method} ${path}`);
  }

  private async answer(path: string, init: RequestInit): Promise<Response> {
    const asked: Asked = {
      method: init.method!,
      path,
      body: init.body ? (JSON.parse(init.body as string) as Record<string, unknown>) : undefined,
      lastEventId: new Headers(init.headers).get('last-event-id'),
      signal: init.signal ?? undefined,
    };
    this.asked.push(asked);
    const given = this.answers.shift() ?? this.otherwise;
    if (given === undefined) {
      throw new Error(`Nobody expected ${asked.method} ${path}.`);
    }
    const answer = typeof given === 'function' ? await given(asked) : given;
    if (answer instanceof Error) {
      throw answer;
    }
    if (answer instanceof Line) {
      init.signal?.addEventListener('abort', () => answer.fail(init.signal!.reason));
      return new Response(answer.body);
    }
    return answer;
  }
}

/** Clocks stand still; frames are the fakes' own. */
export const stopClocks = () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });

/** Lets everything happen that waits for nothing but its turn. */
export const settle = () => vi.advanceTimersByTimeAsync(0);

export const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ status, code, detail: 'As the server says.' }), { status, headers });

export const json = (body: unknown) => new Response(JSON.stringify(body));

export const events = {
  start: ['1.0', { type: 'start', messageId: 's.1' }],
  turn: ['2.0', { type: 'data-turn', data: { turnId: 's.1', sessionId: 's', sequence: 1, createdAt: '2030-01-01T12:00:00+00:00' } }],
  text: (said: string, more: string) => [`4.${said.length + more.length}`, { type: 'text-delta', id: 'answer', delta: more }] as const,
  finish: (status = 'answered') => ['10.0', { type: 'finish', messageMetadata: { status, agent: 'twin', engine: 'extractive' } }] as const,
} as const satisfies Record<string, unknown>;
