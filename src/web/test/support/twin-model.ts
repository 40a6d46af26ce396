import type { TurnStatus } from '../../src/shared/api';
import { json, Line, problem, type Asked, type Given } from './server';

/** A question as the twin keeps it. */
export interface KeptTurn {
  sessionId: string;
  sequence: number;
  question: string;
  /** The `clientMessageId`. */
  name: unknown;
  status: TurnStatus;
  answer: string[];
  /** How often it was answered anew after a crash. */
  attempt: number;
}

interface Reader {
  turn: KeptTurn;
  line: Line;
  /** The id of the last event that went out. */
  after: string;
  /** The answer could not be stored: the stream ends without its end. */
  isLost: boolean;
}

const idOf = (turn: KeptTurn) => `${turn.sessionId}.${turn.sequence}`;
const createdAt = '2030-01-01T12:00:00+00:00';

/** How the twin behaves towards one visitor: the rules of the API in memory, and nothing that happens by itself. */
export class TwinModel {
  readonly sessions = new Map<string, KeptTurn[]>();
  readers: Reader[] = [];
  private opened = 0;

  constructor(private readonly pageSize: number) {}

  get turns(): KeptTurn[] {
    return [...this.sessions.values()].flat();
  }

  /** The turns that are being answered. */
  get running(): KeptTurn[] {
    return this.turns.filter((turn) => turn.status === 'running');
  }

  answer({ method, path, body, lastEventId }: Asked): Given {
    const [, kind, id, action] = /^\/api\/(?:chat|memory)\/(stream|turns|sessions)(?:\/([^/?]+)(?:\/(\w+))?)?/.exec(path)!;
    if (kind === 'stream') {
      return this.take(body!);
    }
    if (kind === 'sessions') {
      return this.page(id!, Number(/cursor=(\d+)/.exec(path)?.[1] ?? Infinity));
    }
    const turn = this.turns.find((other) => idOf(other) === id);
    if (!turn) {
      return problem(404, 'not_found');
    }
    if (method === 'POST' && action === 'stop') {
      this.end(turn, 'stopped');
      return new Response(null, { status: 202 });
    }
    return this.read(turn, lastEventId ?? '0.0');
  }

  /** Opens a turn, unless the session has another one running. */
  begin(sessionId: string, question: string, name: unknown): KeptTurn | null {
    const turns = this.sessions.get(sessionId) ?? [];
    if (turns.at(-1)?.status === 'running') {
      return null;
    }
    const turn: KeptTurn = { sessionId, sequence: turns.length + 1, question, name, status: 'running', answer: [], attempt: 0 };
    this.sessions.set(sessionId, [...turns, turn]);
    return turn;
  }

  say(turn: KeptTurn): void {
    turn.answer.push(`${idOf(turn)}/${turn.attempt}/${turn.answer.length} `);
  }

  end(turn: KeptTurn, status: TurnStatus): void {
    turn.status = turn.status === 'running' ? status : turn.status;
  }

  /** The server is gone in the middle of everything, and is back at once. */
  crash(): void {
    this.running.forEach((turn) => this.interrupt(turn));
    this.readers.splice(0).forEach(({ line }) => line.cut());
  }

  /** The answer cannot be stored. */
  lose(turn: KeptTurn): void {
    this.interrupt(turn);
    this.readers.filter((reader) => reader.turn === turn).forEach((reader) => (reader.isLost = true));
  }

  delete(sessionId: string): void {
    this.sessions.delete(sessionId);
    this.readers.filter(({ turn }) => turn.sessionId === sessionId).forEach((reader) => (reader.isLost = true));
  }

  /** Sends a reader up to so many of the events that are there for it. */
  flow(reader: Reader, most: number): void {
    const { turn, line } = reader;
    const rest = reader.isLost ? [] : this.events(turn, reader.after);
    const some = rest.slice(0, most);
    line.send(...some);
    reader.after = some.at(-1)?.[0] ?? reader.after;
    if (some.length === rest.length && (reader.isLost || turn.status !== 'running')) {
      line.done().cut();
    }
    this.readers = this.readers.filter((other) => other.line.isOpen);
  }

  private take(body: Record<string, unknown>): Given {
    const { message, clientMessageId: name } = body as { message: string; clientMessageId: string };
    const sessionId = body['sessionId'] as string | null;
    const known = this.turns.find((turn) => turn.name === name);
    if (known) {
      const isOther = known.question !== message || (sessionId !== null && sessionId !== known.sessionId);
      return isOther ? problem(409, 'idempotency_conflict') : this.replay(known);
    }
    if (sessionId !== null && !this.sessions.has(sessionId)) {
      return problem(404, 'not_found');
    }
    const turn = this.begin(sessionId ?? `s${++this.opened}`, message, name);
    return turn ? this.read(turn, '0.0') : problem(409, 'turn_in_progress');
  }

  /** One whose answer was lost is answered now, if nothing came after it. */
  private replay(turn: KeptTurn): Given {
    if (turn.status === 'unanswered' && this.sessions.get(turn.sessionId)!.at(-1) === turn) {
      turn.status = 'running';
      turn.attempt++;
    }
    return this.read(turn, '0.0');
  }

  private read(turn: KeptTurn, after: string): Line {
    const line = new Line();
    this.readers.push({ turn, line, after, isLost: false });
    return line;
  }

  private page(sessionId: string, before: number): Given {
    const turns = this.sessions.get(sessionId)?.filter((turn) => turn.sequence < before).toReversed();
    if (!turns) {
      return problem(404, 'not_found');
    }
    const items = turns.slice(0, this.pageSize).map((turn) => ({
      turnId: idOf(turn), sequence: turn.sequence, question: turn.question, status: turn.status, createdAt, citations: [], suggestions: [],
      answer: turn.status === 'running' ? '' : turn.answer.join(''),
    }));
    return json({ sessionId, items, nextCursor: turns.length > this.pageSize ? String(items.at(-1)!.sequence) : null });
  }

  private interrupt(turn: KeptTurn): void {
    turn.status = 'unanswered';
    turn.answer = [];
  }

  /** The turn's events behind a position: `stage.offset`, then the attempt if it is not the first. */
  private events(turn: KeptTurn, after: string): (readonly [string, object])[] {
    const attempt = turn.attempt ? `.${turn.attempt}` : '';
    const data = { turnId: idOf(turn), sessionId: turn.sessionId, sequence: turn.sequence, createdAt };
    const all: [string, object][] = [
      ['1.0', { type: 'start', messageId: idOf(turn) }],
      ['2.0', { type: 'data-turn', data }],
      ...turn.answer.map((delta, index): [string, object] => [`4.${index + 1}`, { type: 'text-delta', id: 'answer', delta }]),
    ];
    if (turn.status !== 'running') {
      all.push(['10.0', { type: 'finish', messageMetadata: { status: turn.status, agent: 'twin', engine: 'extractive' } }]);
    }
    const place = (id: string) => Number(id.split('.')[0]) * 1000 + Number(id.split('.')[1]);
    const seen = (after.split('.')[2] ?? '') === (attempt.slice(1)) ? place(after) : 0;
    return all.filter(([id]) => place(id) > seen).map(([id, event]) => [id + attempt, event] as const);
  }
}
