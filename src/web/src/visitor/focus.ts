/**
 * Where the focus goes when the button that was pressed is gone: into the question field, so that no keyboard user starts over
 * at the page's top. On a touch screen that would bring up the keyboard over the answer: there it is the newest turn.
 */
export function focusOn(): void {
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>('#question')!;
    const turn = matchMedia('(pointer: coarse)').matches && document.querySelector<HTMLElement>('#log > article:last-of-type');
    (turn || field).focus({ preventScroll: true });
  });
}
