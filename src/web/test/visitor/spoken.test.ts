import { expect, it } from 'vitest';
import { spoken } from '../../src/visitor/spoken';

it.each([
  ['It costs **180 pounds** [1], and `x` is *less* [12].', 'It costs 180 pounds, and x is less.'],
  ['## How\n\nSee the [list](https://example.com/prices).', 'How. See the list.'],
  ['1. Fold\n2. Sew:\n   - thread\n   - tape\n\nDone.', 'Fold Sew: thread tape Done.'],
  ['| Leather | Price |\n|:--|--:|\n| Goat | **180** |', 'Leather, Price. Goat, 180.'],
  ['- [x] folded\n- [ ] sewn\n\n---\n\n> Open it.', 'folded sewn Open it.'],
  ['```python\nx = 2 * 3\n```\n\nC# &amp; 2 * 3', 'x = 2 * 3 C# & 2 * 3'],
])('says %j', (text, said) => {
  expect(spoken(text)).toBe(said);
});
