import type { components } from './api-types';
import { embedded } from './page';
import { Problem } from './problem';

type Schemas = components['schemas'];
export type Citation = Schemas['Citation'];
export type SessionSummary = Schemas['SessionSummary'];
export type SessionDetail = Schemas['SessionDetail'];
export type TurnView = Schemas['TurnView'];
export type TurnStatus = Schemas['TurnStatus'];
export type EraseReceipt = Schemas['EraseReceipt'];
export type ChatRequest = Schemas['ChatRequest'];

/**
 * One request to the API; the answer is a success, anything else throws a {@link Problem}. A request that never reached the
 * server throws what `fetch` throws. Nothing here repeats a request: whoever may, decides.
 */
export async function request(method: string, path: string, body?: unknown, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (embedded) {
    headers.set('x-twin-embedded', '1');
  }
  if (body !== undefined) {
    headers.set('content-type', 'application/json');
    init = { ...init, body: JSON.stringify(body) };
  }
  const hash = method === 'GET' ? null : await sha256((init.body as string | undefined) ?? '');
  if (hash) {
    headers.set('x-amz-content-sha256', hash);
  }
  const response = await fetch(path, { ...init, method, headers });
  if (!response.ok) {
    throw await Problem.from(response);
  }
  return response;
}

async function json<T>(response: Promise<Response>): Promise<T> {
  return (await (await response).json()) as T;
}

const at = (id: string) => encodeURIComponent(id);

export const api = {
  ask: (question: ChatRequest, signal: AbortSignal) => request('POST', '/api/chat/stream', question, { signal }),

  follow: (turnId: string, after: string | undefined, signal: AbortSignal) =>
    request('GET', `/api/chat/turns/${at(turnId)}/stream`, undefined, { signal, headers: after ? { 'last-event-id': after } : {} }),

  stop: (turnId: string) => request('POST', `/api/chat/turns/${at(turnId)}/stop`),

  rate: (turnId: string, rating: 'up' | 'down', comment?: string) =>
    request('POST', `/api/chat/turns/${at(turnId)}/feedback`, comment ? { rating, comment } : { rating }),

  sessions: (cursor?: string | null) =>
    json<Schemas['SessionList']>(request('GET', `/api/memory/sessions?limit=100${cursor ? `&cursor=${at(cursor)}` : ''}`)),

  /** A page of a session's turns, the newest first. */
  session: (sessionId: string, limit: number, cursor?: string | null) =>
    json<SessionDetail>(
      request('GET', `/api/memory/sessions/${at(sessionId)}?order=desc&limit=${limit}${cursor ? `&cursor=${at(cursor)}` : ''}`),
    ),

  deleteSession: (sessionId: string) => request('DELETE', `/api/memory/sessions/${at(sessionId)}`),

  export: () => request('GET', '/api/memory/export'),

  erase: () => json<EraseReceipt>(request('DELETE', '/api/memory')),
};

/**
 * The body's hash in hex: CloudFront signs requests to a function URL with it. Null on plain http (but for localhost), where
 * browsers have no `crypto.subtle` and nobody asks for the hash.
 */
async function sha256(text: string): Promise<string | null> {
  if (!globalThis.crypto?.subtle) {
    return null;
  }
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** 128 random bits as hex. `crypto.randomUUID` is missing on plain http. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
