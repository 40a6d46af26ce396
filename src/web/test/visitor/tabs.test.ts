import { expect, it, vi } from 'vitest';
import { tabs } from '../support/fakes';

it('tabs hear each other, but not themselves', async () => {
  const own = await import('../../src/visitor/tabs');
  const [heard, news]: [unknown[], unknown[]] = [[], []];
  own.listen((one) => heard.push(one));
  new tabs.Channel('digital-twin').addEventListener('message', (event) => news.push((event as MessageEvent).data));

  own.tell({ kind: 'deleted', sessionId: 's' });
  new tabs.Channel('digital-twin').postMessage({ kind: 'erased' });
  new tabs.Channel('somebody-else').postMessage({ kind: 'erased' });

  expect([heard, news[0]]).toEqual([[{ kind: 'erased' }], { kind: 'deleted', sessionId: 's' }]);
});

it('a tab is alone where the browser has no channels', async () => {
  vi.stubGlobal('BroadcastChannel', undefined);
  vi.resetModules();
  const own = await import('../../src/visitor/tabs');

  expect(() => {
    own.listen(() => {});
    own.tell({ kind: 'erased' });
  }).not.toThrow();
});
