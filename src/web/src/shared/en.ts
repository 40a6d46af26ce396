import type { enPanels } from './en-panels';

/**
 * The interface in English: with the panels' texts the reference for all other languages. `{name}` stands for a value, `{n}` for a
 * number. It is all in the first download: what only panels say is in en-panels.ts.
 */
export const en = {
  ask: 'Ask {name} anything',
  askLabel: 'Your question',
  skip: 'Skip to the question field',
  send: 'Send',
  stop: 'Stop answering',
  disclosure: 'AI twin · answers may be wrong',
  conversations: 'Conversations',
  newConversation: 'New conversation',
  aboutYou: 'What this twin knows about you',
  suggestions: 'Suggested questions',
  more: 'You could ask next',
  log: 'Conversation',
  turn: 'Question {n}: {question}',
  you: 'You asked',
  earlier: 'Earlier messages',
  newest: 'Newest',
  tooLong: { one: '{n} character too many', other: '{n} characters too many' },
  leftOver: { one: '{n} character left', other: '{n} characters left' },

  writing: 'Writing…',
  sending: 'Sending…',
  connecting: 'Connecting…',
  reconnecting: 'The twin cannot be reached. Trying again…',
  answered: '{name} answered: {answer}',
  offline: 'You are offline. Your question will be sent when the network is back.',
  online: 'You are back online.',
  stopped: 'You stopped this answer.',
  failed: 'The answer broke off here.',
  unanswered: 'This answer was interrupted and not kept.',
  empty: 'There was no answer.',
  rateLimited: 'That was quick. You can ask again in {n} s.',
  rateLimitedNow: 'You can ask again now.',
  budget: 'The twin has said all it may for today. Please come back tomorrow.',
  unavailable: 'The twin cannot answer just now. Nothing was lost: your question is still here.',
  gone: 'This conversation is no longer here.',
  refused: 'Your question could not be sent.',
  busy: 'The twin is still answering in another window. Your question is back in the field.',
  invalid: 'This question cannot be sent like this. It is back in the field.',
  missing: 'This conversation does not exist, or it is not yours.',
  missingHint: 'It may have been deleted, or was opened in another browser.',
  unreachable: 'The twin cannot be reached.',
  tryAgain: 'Try again',
  askAgain: 'Ask again',
  loading: 'Opening the conversation…',

  copy: 'Copy',
  copied: 'Copied',
  copyCode: 'Copy code',
  good: 'Good answer',
  bad: 'Bad answer',
  thanks: 'Thank you.',
  comment: 'What could be better? (optional)',
  sendComment: 'Send',
  skipComment: 'Not now',
  sources: 'Sources',
  source: 'Source {n}: {title}',
  quoted: 'Quoted passage',
  from: 'From',
  persona: 'In my own words',
  table: 'Table',
  code: 'Code',

  close: 'Close',
  actionFailed: 'That did not work. Please try again.',
  noScript: 'To talk to the twin, please switch on JavaScript.',
};

/** A text by number, with the forms that the language's grammar tells apart. */
type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

type English = typeof en & typeof enPanels;

export type Dictionary = { [K in keyof English]: English[K] extends string ? string : Forms };
