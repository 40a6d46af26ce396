import { beforeEach, describe, expect, it, vi } from 'vitest';
import { en, type Dictionary } from '../../src/shared/en';
import { enPanels } from '../../src/shared/en-panels';
import { addPanelTexts, formatDate, formatNumber, language, languages, plural, preferredLanguage, t, useLanguage } from '../../src/shared/i18n';
import { lasting } from '../../src/shared/store';

addPanelTexts(enPanels);
const english = { ...en, ...enPanels };

beforeEach(async () => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] });
  await useLanguage('en');
});

/** The forms of a text, each with the values that it wants. */
const placeholders = (text: Dictionary[keyof Dictionary]) =>
  Object.entries(typeof text === 'string' ? { other: text } : text).map(([form, words]) => [form, [...new Set(words.match(/\{\w+\}/g))].sort()]);

describe.each(Object.keys(languages).filter((tag) => tag !== 'en'))('%s', (tag) => {
  it('has the same texts as English', async () => {
    expect(Object.keys(await languages[tag]!.load()).sort()).toEqual(Object.keys(english).sort());
  });

  it('wants the same values in each text', async () => {
    const dictionary = await languages[tag]!.load();
    for (const key of Object.keys(english) as (keyof Dictionary)[]) {
      const [wanted, found] = [placeholders(english[key]), placeholders(dictionary[key])];

      expect(new Map(found as [string, string[]][]).get('other'), key).toEqual(new Map(wanted as [string, string[]][]).get('other'));
      expect(found.every(([, values]) => values!.length === wanted[0]![1]!.length), key).toBe(true);
    }
  });

  it('has a form for each number that its grammar tells apart', async () => {
    const dictionary = await languages[tag]!.load();
    const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
    for (const text of Object.values(dictionary).filter((one) => typeof one !== 'string')) {
      expect(Object.keys(text)).toEqual(expect.arrayContaining(forms));
    }
  });

  it('has no empty text', async () => {
    for (const text of Object.values(await languages[tag]!.load()).flatMap((one) => (typeof one === 'string' ? [one] : Object.values(one)))) {
      expect(text.trim()).not.toBe('');
    }
  });
});

describe('texts', () => {
  it('are filled with values; a missing one leaves its name', () => {
    expect(t('turn', { n: 2, question: 'Who {n}?' })).toBe('Question 2: Who {n}?');
    expect(t('turn', { n: 2 })).toBe('Question 2: {question}');
    expect(t('ask', { name: '$& $1' })).toBe('Ask $& $1 anything');
  });

  it('go by the number', async () => {
    expect([0, 1, 2, 1234].map((n) => plural('turnCount', n))).toEqual(['0 questions', '1 question', '2 questions', '1,234 questions']);
    await useLanguage('de');
    expect([0, 1, 1234].map((n) => plural('turnCount', n))).toEqual(['0 Fragen', '1 Frage', '1.234 Fragen']);
  });

  it('are in the language that was chosen last, though another comes later', async () => {
    const german = await languages['de']!.load();
    let come!: () => void;
    vi.spyOn(languages['de']!, 'load').mockReturnValue(new Promise((resolve) => (come = () => resolve(german))));
    const late = useLanguage('de', true);

    await useLanguage('en', true);
    come();
    await late;

    expect([language.value, t('send'), lasting.get('twin.language')]).toEqual(['en', en.send, 'en']);
  });

  it('change with the language, numbers and dates too', async () => {
    const day = new Date(2030, 0, 2, 12);
    expect([t('send'), formatNumber(1234.5), formatDate(day)]).toEqual(['Send', '1,234.5', expect.stringMatching(/^(Jan 2, 2030|2 Jan 2030)$/)]);

    await useLanguage('de', true);

    expect([t('send'), formatNumber(1234.5), formatDate(day)]).toEqual(['Senden', '1.234,5', '02.01.2030']);
    expect([language.value, document.documentElement.lang, lasting.get('twin.language')]).toEqual(['de', 'de', 'de']);
  });
});

describe('the language', () => {
  it.each([
    [['de-AT', 'en'], null, 'de'],
    [['DE'], null, 'de'],
    [['xx', 'de'], null, 'de'],
    [['xx', 'en-US', 'de'], null, 'en'],
    [['xx'], null, 'en'],
    [[], null, 'en'],
    [['en'], 'de', 'de'],
    [['de'], 'xx', 'de'],
    [['constructor', 'toString'], '__proto__', 'en'],
  ])('of a browser with %j and the choice %s is %s', (browser, chosen, expected) => {
    vi.stubGlobal('navigator', { languages: browser });
    lasting.set('twin.language', chosen);

    expect(preferredLanguage()).toBe(expected);
  });
});
