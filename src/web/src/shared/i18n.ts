import { computed, signal } from '@preact/signals';
import { en, type Dictionary } from './en';
import type { enPanels } from './en-panels';
import { lasting } from './store';

/** The panels' texts join it with the panels. */
const english = { ...en } as Dictionary;

export function addPanelTexts(texts: typeof enPanels): void {
  Object.assign(english, texts);
}

/** The languages of the interface. What the persona says stays as it is. Only English is in the first download. */
export const languages: Record<string, { name: string; load: () => Promise<Dictionary> }> = {
  en: { name: 'English', load: async () => english },
  de: { name: 'Deutsch', load: async () => (await import('./de')).de },
};

const key = 'twin.language';
const dictionary = signal(english);
/** The language that was chosen last; another one may still be on its way. */
let chosen = 'en';
export const language = signal('en');

type Plain = { [K in keyof Dictionary]: Dictionary[K] extends string ? K : never }[keyof Dictionary];
type Plural = { [K in keyof Dictionary]: Dictionary[K] extends string ? never : K }[keyof Dictionary];
type Values = Record<string, string | number>;

export function t(text: Plain, values: Values = {}): string {
  return fill(dictionary.value[text], values);
}

/** A text that depends on a number, by the language's own plural rules. */
export function plural(text: Plural, n: number): string {
  const forms = dictionary.value[text];
  return fill(forms[plurals.value.select(n)] ?? forms.other, { n: formatNumber(n) });
}

/** With the region of the visitor's browser, where it speaks that language: it decides how a date is written. */
const locale = computed(() => navigator.languages.find((tag) => tag.split('-')[0]!.toLowerCase() === language.value) ?? language.value);
const plurals = computed(() => new Intl.PluralRules(locale.value));
const numbers = computed(() => new Intl.NumberFormat(locale.value));
const dates = computed(() => new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium' }));
const clocks = computed(() => new Intl.DateTimeFormat(locale.value, { timeStyle: 'short' }));
const times = computed(() => new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'short' }));

export const formatNumber = (n: number) => numbers.value.format(n);
export const formatDate = (date: Date) => dates.value.format(date);
export const formatClock = (date: Date) => clocks.value.format(date);
export const formatTime = (date: Date) => times.value.format(date);

function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

/** The visitor's own choice, else the first language of the browser that there is. */
export function preferredLanguage(): string {
  const wanted = [lasting.get(key), ...navigator.languages.map((tag) => tag.split('-')[0]!.toLowerCase())];
  return wanted.find((tag) => tag !== null && Object.hasOwn(languages, tag)) ?? 'en';
}

export async function useLanguage(tag: string, remember = false): Promise<void> {
  chosen = tag;
  const texts = await languages[tag]!.load();
  if (chosen !== tag) {
    return;
  }
  dictionary.value = texts;
  language.value = tag;
  document.documentElement.lang = tag;
  if (remember) {
    lasting.set(key, tag);
  }
}
