import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const session = 's-AAAAAAAAAAAAAAAAAAAAAA';
const golden = readFileSync(new URL('../../../../tests/DigitalTwin.Tests/Golden/chat-stream.txt', import.meta.url), 'utf8');

/** The stream that the server's tests recorded; the last event ends with an empty line, as all do. */
export const recording = `${golden.replaceAll('{session}', session).trimEnd()}\n\n`;

/** Serves the recorded stream to every question, as one turn more, in pieces of a few bytes. */
export async function startRecordedTwin({ pieces = 7 } = {}) {
  let turns = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) {
      body += chunk;
    }
    if (body && !JSON.parse(body).message?.trim()) {
      response.writeHead(400, { 'content-type': 'application/problem+json' }).end('{"status":400,"code":"validation","detail":"Empty."}');
      return;
    }
    const cookie = request.headers.cookie ? {} : { 'set-cookie': 'twin-visitor=v1.abc; path=/; samesite=lax; httponly' };
    if (request.url === '/api/chat') {
      const answer = /"delta":"(.*?)"\}/.exec(recording)[1];
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...cookie }).end(JSON.stringify({ answer }));
      return;
    }
    turns += request.method === 'POST' ? 1 : 0;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-vercel-ai-ui-message-stream': 'v1',
      ...cookie,
    });
    const bytes = Buffer.from(`: ping\n\n${recording.replaceAll(`${session}.1`, `${session}.${turns}`).replace('"sequence":1', `"sequence":${turns}`)}`);
    for (let at = 0; at < bytes.length; at += pieces) {
      await new Promise((written) => response.write(bytes.subarray(at, at + pieces), written));
    }
    response.end();
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    session,
    stop: () => new Promise((stopped) => server.close(stopped).closeAllConnections()),
  };
}
