import { signal } from '@preact/signals';

/** The reader counts as "at the end" within this many pixels of it. */
const near = 80;

/** Whether the newest words are out of sight. */
export const isFarFromEnd = signal(false);

const root = document.documentElement;
const distance = () => root.scrollHeight - root.clientHeight - window.scrollY;

export function scrollToEnd(behavior: ScrollBehavior = 'instant'): void {
  window.scrollTo({ top: root.scrollHeight, behavior });
}

/**
 * Follows the end of the conversation while the reader is there, and leaves a reader who scrolled up in peace. The last turn
 * is as high as the window (styles: `.latest`), so the end of the page is where a new question stands at the top.
 */
export function followEnd(content: HTMLElement): void {
  let isFollowing = true;
  let top = window.scrollY;
  const look = () => {
    // Only the reader goes up. More words may have come since the last step down, and do not make the reader one who left.
    const isNear = distance() < near;
    isFollowing = isNear || (isFollowing && window.scrollY >= top);
    top = window.scrollY;
    isFarFromEnd.value = !isFollowing;
  };
  addEventListener('scroll', look, { passive: true });
  // Without a conversation the page begins at its top, however small the window.
  const follow = () => (isFollowing && content.hasChildNodes() ? scrollToEnd() : look());
  addEventListener('resize', follow);
  new ResizeObserver(follow).observe(content);
}

/** Runs what adds content above, and keeps what the reader sees in its place. Some browsers do it by themselves; then nothing is left to move. */
export async function keepPlace(change: () => Promise<void>): Promise<void> {
  const anchor = document.querySelector('#log > article');
  const before = anchor?.getBoundingClientRect().top ?? 0;
  await change();
  await new Promise(requestAnimationFrame);
  const moved = (anchor?.getBoundingClientRect().top ?? 0) - before;
  if (Math.abs(moved) > 1) {
    window.scrollBy({ top: moved, behavior: 'instant' });
  }
}

/** Tells the styles how high the dock is; it grows with what is typed. */
export function measureDock(dock: HTMLElement): void {
  new ResizeObserver(() => root.style.setProperty('--dock', `${dock.offsetHeight}px`)).observe(dock);
}

/** Keeps the dock above the keyboard where the browser lays the keyboard over the page (iOS). */
export function stayAboveKeyboard(): void {
  const viewport = window.visualViewport;
  const place = () => {
    const covered = Math.max(0, window.innerHeight - viewport!.height - viewport!.offsetTop);
    root.style.setProperty('--keyboard', `${Math.round(covered)}px`);
  };
  viewport?.addEventListener('resize', place);
  viewport?.addEventListener('scroll', place);
}
