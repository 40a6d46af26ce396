import { effect } from '@preact/signals';
import { render } from 'preact';
import { page } from '../shared/page';
import { language, preferredLanguage, t, useLanguage } from '../shared/i18n';
import { announce } from './announcer';
import { explain } from './AnswerNotice';
import { send, startComposer } from './composer';
import { followAddress, hear, isAnswering, isEmpty, latest, open, openAddress, sync } from './conversation';
import { startConnection } from './connection';
import { focusOn } from './focus';
import { talkToWidget } from './frame';
import { loadAnswerParts, loaded } from './lazy';
import { followEnd, measureDock, stayAboveKeyboard } from './scroll';
import { useStoredTheme } from './theme';
import { TurnList } from './TurnList';
import * as tabs from './tabs';
import './styles/index.css';

const element = (id: string) => document.getElementById(id)!;

/** Texts of index.html in the visitor's language. */
function translate(): void {
  const values = { name: page.profile.name };
  type Key = Parameters<typeof t>[0];
  for (const target of document.querySelectorAll<HTMLElement>('[data-t]')) {
    target.textContent = t(target.dataset.t as Key, values);
  }
  for (const target of document.querySelectorAll<HTMLElement>('[data-t-label]')) {
    target.ariaLabel = target.title = t(target.dataset.tLabel as Key, values);
  }
  for (const target of document.querySelectorAll<HTMLTextAreaElement>('[data-t-placeholder]')) {
    target.placeholder = t(target.dataset.tPlaceholder as Key, values);
  }
}

/** Screen readers hear that the twin writes, and then the answer, once and whole. */
function speak(): void {
  let speaking = false;
  effect(() => {
    if (isAnswering.value) {
      if (!speaking) {
        announce(t('writing'));
      }
      speaking = true;
    } else if (speaking) {
      speaking = false;
      const turn = latest.peek();
      const phase = turn?.phase.peek();
      if (turn && phase === 'refused') {
        announce(explain(turn.problem.peek()!), 'alert');
      } else if (turn && (phase === 'failed' || phase === 'unanswered')) {
        announce(t(phase), 'alert');
      } else if (turn && (phase === 'stopped' || !turn.answer.peek())) {
        announce(t(phase === 'stopped' ? 'stopped' : 'empty'));
      } else if (turn) {
        const answer = turn.answer.peek();
        void loadAnswerParts().then(() => announce(t('answered', { name: page.profile.name, answer: loaded.peek()?.spoken(answer) ?? answer })));
      }
    }
  });
}

/** F6 goes to and fro between the conversation and the question. */
function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.key === 'F6' && !document.querySelector('dialog[open]')) {
      event.preventDefault();
      const turn = document.querySelector<HTMLElement>('#log > article:last-of-type');
      (document.activeElement?.closest('#log') || !turn ? element('question') : turn).focus();
    }
  });
}

function startButtons(): void {
  element('new-conversation').addEventListener('click', () => {
    void open(null);
    element('question').focus();
  });
  element('open-sessions').addEventListener('click', () => void import('./SessionsDrawer').then((drawer) => drawer.openSessions()));
  element('open-about').addEventListener('click', () => void import('./AboutYou').then((panel) => panel.openAboutYou()));
  element('intro').addEventListener('click', (event) => {
    const suggestion = (event.target as Element).closest('.suggestion');
    if (suggestion) {
      send(suggestion.textContent!.trim());
      focusOn();
    }
  });
}

function startTabs(): void {
  tabs.listen(hear);
  document.addEventListener('visibilitychange', () => document.hidden || void sync());
  addEventListener('popstate', () => void followAddress());
}

function start(): void {
  history.scrollRestoration = 'manual';
  useStoredTheme();
  effect(() => {
    document.body.classList.toggle('is-empty', isEmpty.value);
    element('intro').hidden = !isEmpty.value;
  });
  effect(() => {
    void language.value;
    translate();
  });
  render(<TurnList />, element('conversation'));
  startComposer();
  startConnection();
  startButtons();
  startTabs();
  listenToKeys();
  talkToWidget();
  speak();
  followEnd(element('conversation'));
  measureDock(document.querySelector('footer')!);
  stayAboveKeyboard();
  element('question').addEventListener('focus', () => void loadAnswerParts(), { once: true });
  void openAddress();
}

const tag = preferredLanguage();
if (tag === 'en') {
  start();
} else {
  void useLanguage(tag).finally(start);
}
