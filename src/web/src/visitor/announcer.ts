/**
 * Tells screen readers what others see. Polite: what goes on ("writing…", then the answer, once). Alert: what went wrong.
 * The same text twice is said twice: the region is emptied between. A panel has regions of its own, since all behind it is silent.
 */
export function announce(text: string, region: 'announcer' | 'alert' = 'announcer'): void {
  const element = document.querySelector(`dialog[open] [data-says='${region}']`) ?? document.getElementById(region)!;
  element.textContent = '';
  requestAnimationFrame(() => (element.textContent = text));
}
