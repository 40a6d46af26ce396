import { passing } from '../shared/store';

const key = 'twin.unsent';

/** A question that was asked and not yet seen to arrive. It survives a reload of the page, and waits while another session is open. */
export interface Unsent {
  message: string;
  clientMessageId: string;
  /** Where it was asked; null opens a session. */
  sessionId: string | null;
}

export function unsent(): Unsent[] {
  return JSON.parse(passing.get(key) ?? '[]') as Unsent[];
}

export function addUnsent(question: Unsent): void {
  write([...unsent().filter((other) => other.clientMessageId !== question.clientMessageId), question]);
}

/** Takes those questions off the list, and returns them. */
export function takeUnsent(isTaken: (question: Unsent) => boolean): Unsent[] {
  const all = unsent();
  write(all.filter((question) => !isTaken(question)));
  return all.filter(isTaken);
}

function write(questions: Unsent[]): void {
  passing.set(key, questions.length > 0 ? JSON.stringify(questions) : null);
}
