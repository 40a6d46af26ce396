import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inputsHash } from '../../scripts/inputs-hash.mjs';

let root;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'inputs-'))));
afterEach(() => rm(root, { recursive: true }));

async function write(path, content) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

describe("the build's inputs", () => {
  it('have the hash that the C# test computes', async () => {
    await write('b.ts', 'y');
    await write('B/a.ts', 'z');

    // printf 'B/a.ts\0z\0b.ts\0y\0' | sha256sum
    expect(await inputsHash(root)).toBe('3c6389099e2316ee3bdd371cb27d55d665e44b33a0c9a932006c128b2bf737e9');
  });

  it('come in ordinal order of their whole paths', async () => {
    for (const path of ['a/b', 'a-b', 'a.b', 'A', 'ä']) {
      await write(path, '');
    }

    expect(await inputsHash(root)).toBe(sha256(['A', 'a-b', 'a.b', 'a/b', 'ä'].map((path) => `${path}\0\0`).join('')));
  });

  it('are neither tests, nor what is installed or made, nor dot files', async () => {
    await write('src/main.ts', 'x');
    const before = await inputsHash(root);

    for (const path of ['test/a.test.ts', 'node_modules/a/index.js', 'dist/a.js', 'coverage/a', '.npmrc', 'src/.hidden']) {
      await write(path, 'x');
    }

    expect(await inputsHash(root)).toBe(before);
    await write('src/test/a.ts', 'x');
    expect(await inputsHash(root)).not.toBe(before);
  });
});
