import { useRef } from 'preact/hooks';
import { t } from '../shared/i18n';
import { GrowingMarkdown, Markdown, type Block, type Cite } from './markdown';
import type { Turn } from './turn';

/** Called with the citation's number and the chip that was pressed. */
export type OpenCitation = (turn: Turn, n: number) => void;

/** An answer, while it is written and after. Settled blocks are drawn once, and again when their chips change. */
export default function Answer({ turn, onOpen }: { turn: Turn; onOpen: OpenCitation }) {
  const growing = useRef<GrowingMarkdown | null>(null);
  const text = turn.answer.value;
  if (!growing.current || !text.startsWith(growing.current.text)) {
    growing.current = new GrowingMarkdown();
  }
  const open = growing.current.update(text);
  return (
    <div class="answer">
      {growing.current.settled.map((block) => <BlockView key={block.key} block={block} turn={turn} onOpen={onOpen} />)}
      {open.map((block) => <BlockView key={block.key} block={block} turn={turn} onOpen={onOpen} isOpen={turn.isActive && block === open.at(-1)} />)}
    </div>
  );
}

/** Reads only signals beside its properties, so signals' own rule draws it when one of either changes, and not before. */
function BlockView({ block, turn, onOpen, isOpen = false }: { block: Block; turn: Turn; onOpen: OpenCitation; isOpen?: boolean }) {
  const known = turn.citations.value;
  const isWaiting = turn.isActive;
  const cite: Cite = (n) => {
    const citation = known.find((candidate) => candidate.n === n);
    if (!citation) {
      return isWaiting ? <span class="chip waiting" aria-hidden="true">{n}</span> : null;
    }
    const label = t('source', { n, title: citation.title });
    return <button type="button" class="chip" aria-label={label} title={citation.title} onClick={() => onOpen(turn, n)}>{n}</button>;
  };
  return <Markdown block={block} isOpen={isOpen} cite={cite} />;
}
