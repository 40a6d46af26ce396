import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../src/shared/problem';
import { window } from '../support/fakes';

const fetched = vi.fn<typeof fetch>();

async function load() {
  vi.resetModules();
  return await import('../../src/shared/api');
}

const sent = () => {
  const [path, init] = fetched.mock.lastCall!;
  return { path, method: init!.method, body: init!.body, headers: Object.fromEntries(new Headers(init!.headers)) };
};

beforeEach(() => {
  window.top = window;
  vi.stubGlobal('fetch', fetched);
  fetched.mockReset().mockImplementation(async () => new Response('{}'));
});

describe('a request', () => {
  it('carries the hash of its body, by which CloudFront signs it', async () => {
    const { request } = await load();

    await request('POST', '/x', { message: 'Grüße' });

    expect(sent()).toEqual({
      path: '/x',
      method: 'POST',
      body: '{"message":"Grüße"}',
      // printf '{"message":"Grüße"}' | sha256sum
      headers: { 'content-type': 'application/json', 'x-amz-content-sha256': '45f19fda4d0f3bd1c5f8c79ed6a28d1bbebf057fabad011b1a71dc1e8789b087' },
    });
  });

  it('without a body carries the hash of nothing, for it may go there too', async () => {
    const { api } = await load();

    await api.stop('s.1');

    // printf '' | sha256sum
    expect(sent().headers).toEqual({ 'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' });
  });

  it('goes without the hash where the browser cannot make one', async () => {
    const { request } = await load();
    vi.stubGlobal('crypto', {});

    await request('POST', '/x', {});

    expect(sent().headers).toEqual({ 'content-type': 'application/json' });
  });

  it('without a body has no such headers', async () => {
    const { request } = await load();

    await request('GET', '/x', undefined, { headers: { 'last-event-id': '4.7' } });

    expect(sent()).toEqual({ path: '/x', method: 'GET', body: undefined, headers: { 'last-event-id': '4.7' } });
  });

  it('of a page in a frame says so', async () => {
    window.top = {};
    const { request } = await load();

    await request('DELETE', '/x');

    expect(sent().headers).toMatchObject({ 'x-twin-embedded': '1' });
  });

  it('that is refused throws the problem, once', async () => {
    const { request } = await load();
    const { Problem: Loaded } = await import('../../src/shared/problem');
    fetched.mockImplementation(async () => new Response('{"code":"validation","detail":"No."}', { status: 400 }));

    const error = await request('GET', '/x').catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(Loaded);
    expect(error as Problem).toMatchObject({ status: 400, code: 'validation', message: 'No.' });
    expect(fetched).toHaveBeenCalledOnce();
  });

  it('that never arrives throws what fetch throws, once', async () => {
    const { request } = await load();
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));

    await expect(request('POST', '/x', {})).rejects.toThrow('Failed to fetch');
    expect(fetched).toHaveBeenCalledOnce();
  });
});

describe('the API', () => {
  it('is asked under its own paths, with ids escaped', async () => {
    const { api } = await load();
    const { signal } = new AbortController();
    const paths: string[] = [];
    for (const call of [
      () => api.ask({ message: 'a' }, signal),
      () => api.follow('s/1.1', undefined, signal),
      () => api.stop('s.1'),
      () => api.rate('s.1', 'up'),
      () => api.sessions(),
      () => api.sessions('a b'),
      () => api.session('s?', 5, 'c&d'),
      () => api.deleteSession('s'),
      () => api.export(),
      () => api.erase(),
    ]) {
      await call();
      paths.push(`${sent().method} ${String(sent().path)}`);
    }

    expect(paths).toEqual([
      'POST /api/chat/stream',
      'GET /api/chat/turns/s%2F1.1/stream',
      'POST /api/chat/turns/s.1/stop',
      'POST /api/chat/turns/s.1/feedback',
      'GET /api/memory/sessions?limit=100',
      'GET /api/memory/sessions?limit=100&cursor=a%20b',
      'GET /api/memory/sessions/s%3F?order=desc&limit=5&cursor=c%26d',
      'DELETE /api/memory/sessions/s',
      'GET /api/memory/export',
      'DELETE /api/memory',
    ]);
  });

  it('hears a comment with a rating only when there is one', async () => {
    const { api } = await load();

    await api.rate('s.1', 'down', 'Too long');
    expect(sent().body).toBe('{"rating":"down","comment":"Too long"}');
    await api.rate('s.1', 'down');
    expect(sent().body).toBe('{"rating":"down"}');
  });

  it('is followed from the last event', async () => {
    const { api } = await load();
    const { signal } = new AbortController();

    await api.follow('s.1', '4.7', signal);
    expect(sent().headers).toEqual({ 'last-event-id': '4.7' });
    expect(fetched.mock.lastCall![1]!.signal).toBe(signal);
    await api.follow('s.1', undefined, signal);
    expect(sent().headers).toEqual({});
  });

  it('gets ids of 128 random bits', async () => {
    const { randomId } = await load();

    expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
    expect(randomId()).not.toBe(randomId());
  });
});
