/** What tabs of one visitor tell each other. It goes through the browser only, and holds no text. */
export type News = { kind: 'turn'; sessionId: string } | { kind: 'deleted'; sessionId: string } | { kind: 'erased' };

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('digital-twin');

export function tell(news: News): void {
  channel?.postMessage(news);
}

export function listen(onNews: (news: News) => void): void {
  channel?.addEventListener('message', (event: MessageEvent<News>) => onNews(event.data));
}
