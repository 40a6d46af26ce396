import { AbstractChat, DefaultChatTransport, readUIMessageStream } from 'ai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { unpackGuide } from '../support/guide.mjs';
import { recording, startRecordedTwin } from '../support/recorded-twin.mjs';

/** A chat of the AI SDK, as its bindings for React and others are made. */
class Chat extends AbstractChat {
  constructor(options) {
    const state = {
      status: 'ready',
      error: undefined,
      messages: [],
      pushMessage: (message) => (state.messages = [...state.messages, message]),
      popMessage: () => (state.messages = state.messages.slice(0, -1)),
      replaceMessage: (index, message) => (state.messages = state.messages.with(index, message)),
      snapshot: (value) => structuredClone(value),
    };
    super({ ...options, state });
  }
}

const textOf = (message) => message.parts.filter((part) => part.type === 'text').map((part) => part.text).join('');
const part = (message, type) => message.parts.find((one) => one.type === type);
const question = (text, id = 'q-1') => ({ id, role: 'user', parts: [{ type: 'text', text }] });

async function read(stream) {
  let message;
  for await (message of readUIMessageStream({ stream, terminateOnError: true }));
  return message;
}

describe('the AI SDK reads the recorded stream', () => {
  it.each([1, 7, 64, 100_000])('in pieces of %i bytes', async (pieces) => {
    const twin = await startRecordedTwin({ pieces });
    try {
      const transport = new DefaultChatTransport({ api: `${twin.url}/api/chat/stream`, body: { message: 'How much?' } });

      const message = await read(await transport.sendMessages({ trigger: 'submit-message', chatId: 'c', messages: [question('How much?')] }));

      expect(message).toEqual({
        id: `${twin.session}.1`,
        role: 'assistant',
        metadata: { status: 'answered', agent: 'twin', engine: 'extractive' },
        parts: [
          { type: 'data-turn', data: { turnId: `${twin.session}.1`, sessionId: twin.session, sequence: 1, createdAt: '2030-01-01T12:00:00+00:00' } },
          expect.objectContaining({ type: 'text', text: 'A full leather binding costs 180 pounds. [1]', state: 'done' }),
          expect.objectContaining({ type: 'source-document', sourceId: 'prices', mediaType: 'text/plain', title: 'Prices' }),
          { type: 'data-citation', id: 'citation-1', data: { n: 1, documentId: 'prices', title: 'Prices', quote: 'A full leather binding costs 180 pounds.' } },
          { type: 'data-suggestions', data: ['Where is the workshop?', 'How long does a repair take?'] },
        ],
      });
    } finally {
      await twin.stop();
    }
  });

  it('of which nothing is a placeholder', () => {
    expect(recording).not.toMatch(/\{\w+\}/);
    expect(recording).toMatch(/\n\nid: 11\.0\ndata: \[DONE\]\n\n$/);
  });
});

/** A twin on which all of the guide is tried: the recorded one, and a live one where there is one. */
const twins = [['a recorded twin', undefined], ...(process.env.TWIN_URL ? [['a live twin', process.env.TWIN_URL.replace(/\/$/, '')]] : [])];

describe.each(twins)('the guide, with %s', (_, live) => {
  let recorded;
  let url;
  let guide;
  beforeAll(async () => {
    recorded = live ? null : await startRecordedTwin();
    url = live ?? recorded.url;
    guide = await unpackGuide(url);
  });
  afterAll(async () => {
    await guide.remove();
    await recorded?.stop();
  });

  async function startChat() {
    const [{ visitor }, { twinChat }] = [await guide.load('visitor.mjs'), await guide.load('twin-chat.mjs')];
    const posted = [];
    const fetch = visitor((address, init) => {
      posted.push({ address: String(address), cookie: init.headers.get('cookie'), body: init.body && JSON.parse(init.body) });
      return globalThis.fetch(address, init);
    });
    return { chat: new Chat(twinChat(url, fetch)), posted };
  }

  describe('as a program', () => {
    const printed = [];
    beforeEach(() => {
      printed.length = 0;
      vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line));
    });
    afterEach(() => void vi.restoreAllMocks());

    it('prints a whole answer', async () => {
      await guide.load('ask.mjs');

      expect(printed).toEqual([live ? expect.stringMatching(/1815.*\[1\]/) : 'A full leather binding costs 180 pounds. [1]']);
    });

    it('prints a conversation with its quotes', async () => {
      await guide.load('chat.mjs');

      const quotes = printed.filter((line) => line.startsWith('  ['));
      expect(quotes.length).toBeGreaterThanOrEqual(2);
      expect(printed[0]).toMatch(live ? /5 June 1833.*\[1\]/ : /180 pounds/);
      expect(printed.findLast((line) => !line.startsWith('  ['))).toMatch(live ? /mathematics/ : /180 pounds/);
    });
  });

  it('has the files that it speaks of', () => {
    expect(guide.names).toEqual(['visitor.mjs', 'ask.mjs', 'twin-chat.mjs', 'chat.mjs']);
  });

  it('makes a chat that goes on in its session', async () => {
    const { chat, posted } = await startChat();

    await chat.sendMessage({ text: 'When did you meet Charles Babbage?' });
    await chat.sendMessage({ text: 'What did he study?' });

    expect([chat.status, chat.error, chat.messages.map((message) => message.role)]).toEqual(['ready', undefined, ['user', 'assistant', 'user', 'assistant']]);
    const turn = part(chat.messages[1], 'data-turn').data;
    expect(posted.map(({ address, body }) => ({ address, body }))).toEqual([
      { address: `${url}/api/chat/stream`, body: { message: 'When did you meet Charles Babbage?', clientMessageId: chat.messages[0].id } },
      { address: `${url}/api/chat/stream`, body: { message: 'What did he study?', sessionId: turn.sessionId, clientMessageId: chat.messages[2].id } },
    ]);
    expect([posted[0].cookie, posted[1].cookie]).toEqual([null, expect.stringMatching(/^[^=;]+=[^;]+/)]);
    for (const answer of [chat.messages[1], chat.messages[3]]) {
      expect(answer.metadata).toEqual({ status: 'answered', agent: 'twin', engine: 'extractive' });
      expect(textOf(answer)).toMatch(/\[1\]/);
      expect(part(answer, 'data-citation').data).toEqual({ n: 1, documentId: expect.any(String), title: expect.any(String), quote: expect.any(String) });
      expect(part(answer, 'source-document')).toMatchObject({ sourceId: part(answer, 'data-citation').data.documentId, mediaType: 'text/plain' });
      expect(part(answer, 'data-suggestions').data.length).toBeGreaterThan(0);
      expect(answer.id).toBe(part(answer, 'data-turn').data.turnId);
    }
  });

  it('makes a chat that can ask again', async () => {
    const { chat, posted } = await startChat();
    await chat.sendMessage({ text: 'When were you born?' });
    const { sequence } = part(chat.messages[1], 'data-turn').data;

    await chat.regenerate();

    expect(chat.error).toBeUndefined();
    expect(posted[1].body).toMatchObject({ message: 'When were you born?', sessionId: expect.stringMatching(/^s-/) });
    expect(posted[1].body.clientMessageId).not.toBe(posted[0].body.clientMessageId);
    expect(part(chat.messages.at(-1), 'data-turn').data.sequence).toBe(sequence + 1);
  });

  it('makes a chat that can be taken up again, and says nothing twice', async () => {
    const { chat, posted } = await startChat();
    await chat.sendMessage({ text: 'When were you born?' });
    const answer = structuredClone(chat.messages[1]);

    await chat.resumeStream();

    expect(chat.error).toBeUndefined();
    expect(posted[1].address).toBe(`${url}/api/chat/turns/${answer.id}/stream`);
    expect(chat.messages.length).toBe(2);
    expect(textOf(chat.messages[1])).toBe(textOf(answer));
  });

  it('makes a chat that knows why a question was refused', async () => {
    const { chat } = await startChat();

    await chat.sendMessage({ text: ' ' });

    expect(chat.status).toBe('error');
    expect(JSON.parse(chat.error.message)).toMatchObject({ status: 400, code: 'validation' });
  });
});
