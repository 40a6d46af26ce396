import { api } from '../shared/api';
import { readEvents, withinLimit, type TurnEvent } from '../shared/events';
import { Problem } from '../shared/problem';
import type { Turn } from './turn';

const longestWait = 10_000;
const tries = 4;

/**
 * Brings one turn to its end, whatever the line does. A question that may not have arrived is posted again under the same
 * `clientMessageId`, which makes no second turn; a turn that the server has taken is followed from its last event. Ends when
 * the turn is finished or refused, or when `signal` says that nobody looks any more; the server goes on either way.
 */
export async function readTurn(
  turn: Turn, sessionId: string | null, signal: AbortSignal, onEvent: (event: TurnEvent) => void,
): Promise<void> {
  let position: string | undefined;
  let failures = 0;
  let isFinished = false;
  const take = (event: TurnEvent, id: string) => {
    if (signal.aborted) {
      return;
    }
    position = id;
    failures = 0;
    isFinished = event.type === 'finish';
    if (turn.phase.peek() === 'sending' || turn.phase.peek() === 'reconnecting') {
      turn.phase.value = 'running';
    }
    turn.apply(event);
    onEvent(event);
  };

  while (!signal.aborted) {
    try {
      const response = await withinLimit(turn.id
        ? api.follow(turn.id, position, signal)
        : api.ask({ message: turn.question, sessionId, clientMessageId: turn.clientMessageId }, signal));
      await readEvents(response.body!, take);
      if (!isFinished && !signal.aborted) {
        turn.end();
      }
      return;
    } catch (error) {
      if (signal.aborted || isFinished) {
        return; // Nobody looks any more, or only [DONE] was cut off.
      }
      failures++;
      if (error instanceof Problem && !(error.isPassing && failures < tries)) {
        turn.refuse(error);
        return;
      }
      turn.phase.value = 'reconnecting';
      await pause(failures, signal);
    }
  }
}

/** Half a second, then twice as long each time, with a random part so that visitors do not all come at once; less when the network comes back. */
function pause(failures: number, signal: AbortSignal): Promise<void> {
  const wait = Math.min(longestWait, 500 * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, wait);
    addEventListener('online', end);
    signal.addEventListener('abort', end);
  });
}
