import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const guide = new URL('../../../../docs/javascript.md', import.meta.url);
/** Below node_modules, so that the files find the packages that they import. */
const home = fileURLToPath(new URL('../../node_modules/.guide/', import.meta.url));
let folders = 0;

/** Writes the guide's files into a folder of their own, with another address of the twin. */
export async function unpackGuide(twin) {
  const folder = `${home}${process.pid}-${++folders}`;
  await mkdir(folder, { recursive: true });
  const names = [];
  for (const [, code] of (await readFile(guide, 'utf8')).matchAll(/^```js\n(.*?)^```$/gms)) {
    const name = /^\/\/ ([\w-]+\.mjs)\n/.exec(code)[1];
    names.push(name);
    await writeFile(`${folder}/${name}`, code.replaceAll('http://localhost:5080', twin));
  }
  return {
    names,
    load: (name) => import(/* @vite-ignore */ pathToFileURL(`${folder}/${name}`).href),
    remove: () => rm(folder, { recursive: true }),
  };
}
