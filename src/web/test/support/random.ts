/** Numbers from 0 up to 1 that are the same in every run (a linear congruential generator, modulus 2^32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Cuts a text at random borders; surrogate pairs may be cut in two, as a model's tokens may. */
export function cutAtRandom(text: string, random: () => number, longest: number): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = 1 + Math.floor(random() * longest);
    chunks.push(text.slice(at, at + length));
    at += length;
  }
  return chunks;
}
