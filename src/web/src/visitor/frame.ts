import { embedded, page } from '../shared/page';
import { followTheme } from './theme';

const root = document.documentElement;

/**
 * All that the page and the widget around it say to each other: the page tells that it is there, and that Escape wants it closed; the
 * widget tells whether it fills the window, where its own button needs the corner, whether the page around is light or dark, and that its
 * visitor wants to type. Neither says anything about the visitor.
 */
export function talkToWidget(): void {
  root.classList.toggle('embedded', embedded);
  if (!embedded) {
    return;
  }
  // The page around has a main part as well.
  document.querySelector('main')!.ariaLabel = page.profile.name;
  addEventListener('message', (event) => {
    if (event.source !== parent) {
      return;
    }
    if (event.data === 'digital-twin:full' || event.data === 'digital-twin:panel') {
      root.classList.toggle('full', event.data === 'digital-twin:full');
    } else if (event.data === 'digital-twin:light' || event.data === 'digital-twin:dark') {
      followTheme(event.data === 'digital-twin:light' ? 'light' : 'dark');
    } else if (event.data === 'digital-twin:focus') {
      takeFocus();
    }
  });
  addEventListener('keydown', (event) => {
    // While an input method composes a word, Escape is for the word.
    if (event.key === 'Escape' && !event.isComposing && !document.querySelector('dialog[open]')) {
      tell('close');
    }
  });
  tell('ready');
}

function tell(what: 'ready' | 'close'): void {
  parent.postMessage(`digital-twin:${what}`, '*');
}

/** Not where a keyboard on the screen would come and cover the greeting. */
function takeFocus(): void {
  if (document.activeElement === document.body && !matchMedia('(pointer: coarse)').matches) {
    document.getElementById('question')!.focus({ preventScroll: true });
  }
}
