/** Storage that may be switched off (private windows, third-party frames): then nothing is remembered, and nothing breaks. */
function safe(area: () => Storage) {
  return {
    get(key: string): string | null {
      try {
        return area().getItem(key);
      } catch {
        return null;
      }
    },
    set(key: string, value: string | null): void {
      try {
        if (value === null) {
          area().removeItem(key);
        } else {
          area().setItem(key, value);
        }
      } catch {
        // Full or forbidden.
      }
    },
  };
}

/** For this browser: theme and language. */
export const lasting = safe(() => localStorage);

/** For this tab: the draft, and a question that is on its way. */
export const passing = safe(() => sessionStorage);
