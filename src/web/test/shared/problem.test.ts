import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/shared/problem';

const problem = (status: number, body: BodyInit | null, headers: Record<string, string> = {}) => Problem.from(new Response(body, { status, headers }));

describe('a problem', () => {
  it('has the code and the words of the server', async () => {
    const body = JSON.stringify({ type: 'about:blank', status: 409, code: 'turn_in_progress', detail: 'One at a time.' });

    expect(await problem(409, body)).toMatchObject({ status: 409, code: 'turn_in_progress', message: 'One at a time.', retryAfter: undefined, isPassing: false });
  });

  it.each([
    [429, 'rate_limited'],
    [413, 'payload_too_large'],
    [500, 'internal'],
    [404, 'internal'],
  ])('of status %i without a body is %s', async (status, code) => {
    for (const body of [null, '', '<html>Bad gateway</html>', '[]', '"x"', '{"code":5,"detail":{}}', 'null']) {
      expect(await problem(status, body)).toMatchObject({ status, code, message: '' });
    }
  });

  it.each([
    ['7', 7],
    ['0', 0],
    ['-3', 0],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    ['soon', undefined],
  ])('with Retry-After: %s asks to wait %s seconds', async (header, seconds) => {
    expect((await problem(429, null, { 'retry-after': header })).retryAfter).toBe(seconds);
  });

  it('passes by itself when a gateway or the engine is down', async () => {
    const passing = await Promise.all([400, 404, 409, 429, 500, 502, 503, 504].map(async (status) => (await problem(status, null)).isPassing));

    expect(passing).toEqual([false, false, false, false, false, true, true, true]);
  });
});
