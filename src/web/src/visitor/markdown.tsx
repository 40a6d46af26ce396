import { Marked, type Token, type Tokens } from 'marked';
import { h, type ComponentChildren, type VNode } from 'preact';
import remend from 'remend';
import { CodeBlock } from './CodeBlock';
import { entities } from './entities';
import { t } from '../shared/i18n';

/**
 * Markdown as Preact nodes. Model text is never handed to the browser as HTML: tags in it show as text, images as their
 * description, and a link only leads to the schemes below. So there is nothing to sanitize, and no request to smuggle out.
 */
const safeLink = /^(?:https?:\/\/|mailto:|tel:)/i;

const marked = new Marked({
  gfm: true,
  // A reference's address could stand far from where it is used, and would reach into blocks that are settled: none are read.
  tokenizer: { def: () => undefined },
});

/** The page's name is its first heading, a question a second. */
const questionLevel = 2;

/** Shows the marker `[n]`. */
export type Cite = (n: number) => VNode | null;

/** A block of an answer: once settled, its text no longer changes. */
export interface Block {
  key: number;
  raw: string;
  /** The level of the heading before it. */
  below: number;
}

/**
 * An answer that grows. Only its end is read again when text comes; everything before is settled: a block that another one
 * follows no longer changes. Half a line proves nothing: `1` may become `1.`, the next item of the list before, or `1.5`.
 */
export class GrowingMarkdown {
  readonly settled: Block[] = [];
  /** The text so far. */
  text = '';
  private length = 0;
  private level = questionLevel;
  private open: readonly Block[] = [];

  /** Takes the whole text so far and returns what is not settled yet: the last block of the whole lines, and what half a line makes of it. */
  update(text: string): readonly Block[] {
    this.text = text;
    const rest = text.replace(/\r\n?/g, '\n').slice(this.length);
    const whole = read(rest.slice(0, rest.lastIndexOf('\n') + 1)).slice(0, -1);
    const settled = place(whole, this.settled.length, this.level);
    this.settled.push(...settled.blocks);
    this.level = settled.level;
    const length = whole.reduce((sum, piece) => sum + piece.raw.length, 0);
    this.length += length;
    this.open = place(read(rest.slice(length)), this.settled.length, this.level).blocks.map((block) => {
      const known = this.open.find((before) => before.key === block.key);
      return known?.raw === block.raw && known.below === block.below ? known : block;
    });
    return this.open;
  }
}

/** A block as it was read. */
interface Piece {
  raw: string;
  /** How deep it stands, for a heading. */
  depth: number | null;
}

/** The blocks of a text, each with the empty lines around it. */
function read(text: string): Piece[] {
  const pieces: Piece[] = [];
  let space = '';
  for (const token of marked.lexer(text)) {
    if (token.type !== 'space') {
      pieces.push({ raw: space + token.raw, depth: token.type === 'heading' ? (token as Tokens.Heading).depth : null });
      space = '';
    } else if (pieces.length > 0) {
      pieces[pieces.length - 1]!.raw += token.raw;
    } else {
      space += token.raw;
    }
  }
  return pieces;
}

/** Gives each block its key and the level of the heading before it; returns the level that the next one stands below as well. */
function place(pieces: readonly Piece[], firstKey: number, level: number): { blocks: Block[]; level: number } {
  let below = level;
  const blocks = pieces.map(({ raw, depth }, index) => {
    const block = { key: firstKey + index, raw, below };
    below = depth === null ? below : levelOf(depth, below);
    return block;
  });
  return { blocks, level: below };
}

/** The beginning of a block, before it is clear which: a heading's `#`, a list's `-`, a fence's first backticks. */
const openLine = /(^|\n)[ \t]*(?:#{1,6}|[-*+](?: \[[ xX]?\]?)?|\d{1,3}[.)]|>+|`{1,3}|~{1,3}|=+|:?-[-:| \t]*|\*{2,}|_{2,}|\|)[ \t]*$/;
const openInline = /(?:[*_~`]+|!?\[\^?\d*|<\/?[a-z][^<>\n]*|&#?\w{0,8})$/i;
const tableStart = /^[ \t]*\|/;
const delimiterRow = /\n[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[^\n]*)?\n/;

/** Completes or hides what is half there at the end of a growing block, so that no raw markup flashes up. */
export function closeOpenMarkup(raw: string): string {
  if (isInsideFence(raw)) {
    return raw.replace(/\n[ \t]*[`~]{1,2}$/, '');
  }
  if (tableStart.test(raw) && !delimiterRow.test(raw)) {
    return '';
  }
  return remend(raw.replace(openLine, '$1').replace(openInline, '').trimEnd(), { linkMode: 'text-only', katex: false });
}

function isInsideFence(raw: string): boolean {
  const fences = raw.match(/(?:^|\n)[ \t]*(?:```|~~~)/g);
  return fences !== null && fences.length % 2 === 1;
}

export function Markdown({ block: { raw, below }, isOpen, cite }: { block: Block; isOpen?: boolean; cite: Cite }): VNode {
  let level = below;
  const nodes = marked.lexer(isOpen ? closeOpenMarkup(raw) : raw).map((token) => {
    const node = block(token, cite, level);
    level = token.type === 'heading' ? levelOf((token as Tokens.Heading).depth, level) : level;
    return node;
  });
  return <>{nodes}</>;
}

function block(token: Token, cite: Cite, below = questionLevel): ComponentChildren {
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      return h(`h${levelOf((token as Tokens.Heading).depth, below)}`, null, inline(token.tokens, cite));
    case 'code':
      return <CodeBlock text={(token as Tokens.Code).text} language={(token as Tokens.Code).lang ?? ''} />;
    case 'blockquote':
      return <blockquote>{token.tokens?.map((inner) => block(inner, cite))}</blockquote>;
    case 'hr':
      return <hr />;
    case 'list':
      return list(token as Tokens.List, cite);
    case 'table':
      return table(token as Tokens.Table, cite);
    case 'paragraph':
      return <p>{inline(token.tokens, cite)}</p>;
    case 'text':
      return inline(token.tokens ?? [token], cite);
    default:
      return <p>{token.raw}</p>; // Raw HTML, shown as what it is: text.
  }
}

/** An answer's headings stand below its question's, and never skip a level, wherever the model began to count. */
function levelOf(depth: number, below: number): number {
  return Math.min(Math.max(depth + 1, questionLevel + 1), 5, below + 1);
}

function list(token: Tokens.List, cite: Cite): VNode {
  const items = token.items.map((item) => (
    <li class={item.task ? 'task' : undefined}>
      {item.task && <span aria-hidden="true">{item.checked ? '☑ ' : '☐ '}</span>}
      {item.tokens.filter((inner) => inner.type !== 'checkbox').map((inner) => block(inner, cite))}
    </li>
  ));
  return token.ordered ? <ol start={token.start === '' ? 1 : token.start}>{items}</ol> : <ul>{items}</ul>;
}

function table(token: Tokens.Table, cite: Cite): VNode {
  const aligned = (cell: Tokens.TableCell) => (cell.align ? { class: `align-${cell.align}` } : {});
  return (
    <div class="table" role="region" aria-label={t('table')} tabIndex={0}>
      <table>
        <thead>
          <tr>{token.header.map((cell) => <th scope="col" {...aligned(cell)}>{inline(cell.tokens, cite)}</th>)}</tr>
        </thead>
        <tbody>
          {token.rows.map((row) => <tr>{row.map((cell) => <td {...aligned(cell)}>{inline(cell.tokens, cite)}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function inline(tokens: Token[] | undefined, cite: Cite): ComponentChildren {
  return tokens?.map((token) => span(token, cite));
}

function span(token: Token, cite: Cite): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong>{inline(token.tokens, cite)}</strong>;
    case 'em':
      return <em>{inline(token.tokens, cite)}</em>;
    case 'del':
      return <del>{inline(token.tokens, cite)}</del>;
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>;
    case 'br':
      return <br />;
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'link':
      return link(token as Tokens.Link, cite);
    case 'image':
      return (token as Tokens.Image).text;
    case 'text':
      return 'tokens' in token && token.tokens ? inline(token.tokens, cite) : markers(entities((token as Tokens.Text).text), cite);
    default:
      return token.raw;
  }
}

function link(token: Tokens.Link, cite: Cite): ComponentChildren {
  const children = inline(token.tokens, cite);
  return safeLink.test(token.href)
    ? <a href={token.href} target="_blank" rel="noopener noreferrer">{children}</a>
    : children;
}

/** Puts a chip where `[n]` stands, if n is a citation. It stays on the line of the word before it. */
function markers(text: string, cite: Cite): ComponentChildren {
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const match of text.matchAll(/(\S{0,24})\s?\[(\d{1,3})\]/g)) {
    const chip = cite(Number(match[2]));
    if (chip) {
      parts.push(text.slice(end, match.index), <span class="cited">{match[1]}{chip}</span>);
      end = match.index + match[0].length;
    }
  }
  return parts.length === 0 ? text : [...parts, text.slice(end)];
}
