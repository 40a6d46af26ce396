import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const skipped = new Set(['node_modules', 'dist', 'test', 'coverage']);

/**
 * SHA-256 over all that the build is made from: for each file below `root`, in ordinal order of its path, the path, a zero
 * byte, the content, a zero byte. Tests and dot files do not count. A C# test computes the same.
 */
export async function inputsHash(root) {
  const hash = createHash('sha256');
  for (const path of (await files(root, '')).sort(byOrdinal)) {
    hash.update(path).update('\0').update(await readFile(join(root, path))).update('\0');
  }
  return hash.digest('hex');
}

async function files(root, folder) {
  const found = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.name.startsWith('.') || (folder === '' && skipped.has(entry.name))) {
      continue;
    }
    found.push(...(entry.isDirectory() ? await files(root, path) : [path]));
  }
  return found;
}

const byOrdinal = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
