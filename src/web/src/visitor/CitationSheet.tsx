import { useEffect, useRef } from 'preact/hooks';
import type { Citation } from '../shared/api';
import { t } from '../shared/i18n';
import { Panel, showPanel } from './panels';

/** Shows the passages that an answer rests on, the chosen one in front. */
export function openCitation(citations: readonly Citation[], chosen: number): void {
  showPanel(<CitationSheet key={Date.now()} citations={citations} chosen={chosen} />);
}

function CitationSheet({ citations, chosen }: { citations: readonly Citation[]; chosen: number }) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => list.current!.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <Panel title={t('sources')} side="end">
      <ol class="citations" ref={list}>
        {citations.map(({ n, documentId, title, quote }) => (
          <li key={n} aria-current={n === chosen ? 'true' : undefined}>
            <p class="citation-title">
              <span class="chip" aria-hidden="true">{n}</span>
              <span class="visually-hidden">{t('source', { n, title: '' })}</span>
              {documentId === 'persona' ? t('persona') : title}
            </p>
            <blockquote aria-label={t('quoted')}>{quote}</blockquote>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
