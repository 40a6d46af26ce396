import { signal } from '@preact/signals';

/** What is not needed before the first answer: Markdown, ratings, and the sheet with citations. Until it is here, an answer shows as plain text. */
export type AnswerParts = typeof import('./answer-parts');

export const loaded = signal<AnswerParts | null>(null);
let loading: Promise<void> | null = null;

export function loadAnswerParts(): Promise<void> {
  return (loading ??= import('./answer-parts').then(
    (parts) => void (loaded.value = parts),
    () => void (loading = null), // Cut off: the next question tries again.
  ));
}
