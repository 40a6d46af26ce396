import { createParser } from 'eventsource-parser';
import type { Citation, TurnStatus } from './api';

/** The events of the AI SDK's UI message stream that the twin sends. Others may come and are passed over. */
export type TurnEvent =
  | { type: 'start'; messageId: string }
  | { type: 'data-turn'; data: { turnId: string; sessionId: string; sequence: number; createdAt: string } }
  | { type: 'text-start' | 'text-end'; id: string }
  | { type: 'text-delta'; id: string; delta: string }
  | { type: 'source-document'; sourceId: string; mediaType: string; title: string }
  | { type: 'data-citation'; id: string; data: Citation }
  | { type: 'data-suggestions'; data: string[] }
  | { type: 'error'; errorText: string }
  | { type: 'finish'; messageMetadata?: { status: TurnStatus; agent: string; engine: string | null } };

/** The server pings every 15 s; silence for this long means that the line is dead, whatever the socket thinks. */
const silenceLimit = 40_000;

/** The line was cut before the stream's end. */
export class CutError extends Error {}

/**
 * Reads server-sent events to their end and hands on each with its id. Returns when `[DONE]` was read; throws a
 * {@link CutError} when the line ends or falls silent before.
 */
export async function readEvents(body: ReadableStream<Uint8Array>, onEvent: (event: TurnEvent, id: string) => void): Promise<void> {
  let done = false;
  const parser = createParser({
    onEvent(message) {
      if (message.data === '[DONE]') {
        done = true;
      } else {
        onEvent(JSON.parse(message.data) as TurnEvent, message.id ?? '');
      }
    },
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    while (!done) {
      const chunk = await withinLimit(reader.read());
      if (chunk.done) {
        throw new CutError();
      }
      parser.feed(decoder.decode(chunk.value, { stream: true }));
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

/** What comes over the line, or a {@link CutError} when it is silent for too long. */
export function withinLimit<T>(read: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CutError()), silenceLimit);
    read.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
