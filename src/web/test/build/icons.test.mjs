import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inlineIcons } from '../../scripts/template.mjs';
import { icons } from '../../src/shared/icons';
import { en } from '../../src/shared/en';

const page = readFileSync(new URL('../../index.html', import.meta.url), 'utf8');
const named = [...page.matchAll(/data-icon="([^"]*)"/g)].map((match) => match[1]);

describe('index.html', () => {
  it('wants only icons that there are, by the names that the scripts know', () => {
    expect(named.length).toBeGreaterThan(0);
    expect(Object.keys(icons)).toEqual(expect.arrayContaining(named));
  });

  it('has them all before any script', () => {
    const built = inlineIcons().transformIndexHtml(page);

    expect(built).not.toContain('data-icon');
    for (const name of named) {
      expect(built).toMatch(new RegExp(`<svg class="icon icon-${name}" viewBox="0 0 24 24" aria-hidden="true"><(?:path|rect|circle|line)`));
    }
  });

  it('with an unknown icon does not build', () => {
    expect(() => inlineIcons().transformIndexHtml('<i data-icon="none"></i>')).toThrow('index.html wants the icon none');
  });

  it('wants only texts that there are, and says in English what they say', () => {
    const texts = [...page.matchAll(/data-t(?:-label|-placeholder)?="([^"]*)"/g)].map((match) => match[1]);
    expect(Object.keys(en)).toEqual(expect.arrayContaining(texts));

    for (const [, key, text] of page.matchAll(/data-t="(\w+)">([^<]*)</g)) {
      expect(text, key).toBe(en[key]);
    }
    for (const [, key, text] of page.matchAll(/data-t-label="(\w+)" aria-label="([^"]*)"/g)) {
      expect(text, key).toBe(en[key]);
    }
  });
});
