import { defineConfig } from 'vite';
import { fillTemplate, inlineIcons } from './scripts/template.mjs';

/** The visitor page. The widget is a build of its own, since it must be one file with one name (scripts/build.mjs). */
export default defineConfig(({ command }) => ({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [inlineIcons(), ...(command === 'serve' ? [fillTemplate('http://localhost:5080')] : [])],
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    outDir: '../DigitalTwin/wwwroot',
    emptyOutDir: true,
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  // The Host header stays, so that the twin sees its own origin.
  server: { proxy: { '^/(api|swagger)': { target: 'http://localhost:5080', changeOrigin: false } } },
}));
