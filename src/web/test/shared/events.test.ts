import { afterEach, describe, expect, it, vi } from 'vitest';
import { CutError, readEvents, type TurnEvent } from '../../src/shared/events';

const transcript = [
  'id: 1.0\r\ndata: {"type":"text-start","id":"answer"}\r\n\r\n',
  ': ping\n\n',
  'id: 4.9\ndata: {"type":"text-delta","id":"answer","delta":"é 日本 😀"}\n\n',
  'event: other\nretry: 10\ndata: {"type":"text-end",\ndata: "id":"answer"}\n\n',
  'id: 11.0\ndata: [DONE]\n\n',
].join('');
const expected = [
  ['1.0', { type: 'text-start', id: 'answer' }],
  ['4.9', { type: 'text-delta', id: 'answer', delta: 'é 日本 😀' }],
  ['', { type: 'text-end', id: 'answer' }],
];

function stream(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) {
        controller.enqueue(chunk);
      } else {
        controller.close();
      }
    },
  });
}

async function read(body: ReadableStream<Uint8Array>) {
  const events: [string, TurnEvent][] = [];
  await readEvents(body, (event, id) => events.push([id, event]));
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('server-sent events', () => {
  it('are read wherever their bytes are cut in two', async () => {
    const all = bytes(transcript);
    for (let at = 0; at <= all.length; at++) {
      expect(await read(stream(all.slice(0, at), all.slice(at))), `cut at byte ${at}`).toEqual(expected);
    }
  });

  it('are read byte by byte', async () => {
    expect(await read(stream(...Array.from(bytes(transcript), (byte) => Uint8Array.of(byte))))).toEqual(expected);
  });

  it.each(['\n', '\r\n', '\r'])('are read with %j as line end', async (end) => {
    const lines = 'id: 1.0\ndata: {"type":"text-end","id":"a"}\n\ndata: [DONE]\n\n: ping\n'.replaceAll('\n', end);

    expect(await read(stream(...Array.from(bytes(lines), (byte) => Uint8Array.of(byte))))).toEqual([['1.0', { type: 'text-end', id: 'a' }]]);
  });

  it('are cut when the line ends before [DONE]', async () => {
    const all = bytes(transcript);
    for (const length of [0, 1, all.length - 20, all.length - 2]) {
      await expect(read(stream(all.slice(0, length)))).rejects.toBeInstanceOf(CutError);
    }
  });

  it('end at [DONE], whatever comes behind, and let the line go', async () => {
    const cancel = vi.fn();
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(bytes('data: [DONE]\n\ndata: {}\n\n')), cancel });

    await readEvents(body, () => {});

    expect(cancel).toHaveBeenCalledOnce();
  });

  it('pass the error of a broken line on', async () => {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(new TypeError('network error')) });

    await expect(read(body)).rejects.toThrow('network error');
  });

  describe('in silence', () => {
    afterEach(() => void vi.useRealTimers());

    it('are cut after 40 s, and not before; a ping begins anew', async () => {
      vi.useFakeTimers();
      let line: ReadableStreamDefaultController<Uint8Array>;
      const cancel = vi.fn();
      const ended = vi.fn();
      const reading = readEvents(new ReadableStream<Uint8Array>({ start: (controller) => void (line = controller), cancel }), () => {}).catch(ended);

      await vi.advanceTimersByTimeAsync(39_999);
      line!.enqueue(bytes(': ping\n\n'));
      await vi.advanceTimersByTimeAsync(39_999);
      expect(ended).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      await reading;

      expect(ended).toHaveBeenCalledExactlyOnceWith(expect.any(CutError));
      expect(cancel).toHaveBeenCalledOnce();
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});
