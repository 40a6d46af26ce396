import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { inputsHash } from './inputs-hash.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = fileURLToPath(new URL('../../DigitalTwin/wwwroot/', import.meta.url));

await build({ root });
await build({
  root,
  configFile: false,
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    outDir: output,
    emptyOutDir: false,
    copyPublicDir: false,
    reportCompressedSize: false,
    lib: { entry: 'src/widget/widget.ts', formats: ['iife'], name: 'DigitalTwinWidget', fileName: () => 'widget.js' },
  },
});
await writeFile(`${output}build.json`, `${JSON.stringify({ inputs: await inputsHash(root) })}\n`);
