import type { components } from './api-types';

export type PersonaProfile = components['schemas']['PersonaProfile'];

/** What the server wrote into the page, so that nothing waits for a request. */
export interface PageData {
  profile: PersonaProfile;
  version: number;
  /** How many days a silent conversation is kept. */
  retentionDays: number;
}

export const page: PageData = JSON.parse(document.getElementById('twin-page')!.textContent!);

/** Whether the page stands in another page: the widget, or somebody's own iframe. */
export const embedded = window !== window.top;
