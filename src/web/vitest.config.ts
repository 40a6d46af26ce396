import { defineConfig } from 'vitest/config';

/** Units run in plain Node; test/support/browser.ts stands in for the little of a browser that they touch. */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    include: ['test/**/*.test.{ts,tsx,mjs}'],
    setupFiles: ['test/support/browser.ts'],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
