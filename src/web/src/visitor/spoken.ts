import type { Token, Tokens } from 'marked';
import { entities } from './entities';
import { marked } from './markdown';

/** An answer as it is read aloud: the words alone, without markup, addresses and the citations' numbers. */
export function spoken(text: string): string {
  return words(marked.lexer(text)).replace(/\s*\[\d+\]/g, '').replace(/\s+/g, ' ').trim();
}

function words(tokens: readonly Token[]): string {
  return tokens.map(wordsOf).join('');
}

function wordsOf(token: Token): string {
  switch (token.type) {
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      return [header, ...rows].map((row) => `${row.map((cell) => words(cell.tokens)).join(', ')}.\n`).join('');
    }
    case 'list':
      return (token as Tokens.List).items.map((item) => `\n${words(item.tokens)}\n`).join('');
    case 'heading':
      return `${words(token.tokens!)}.\n`;
    case 'paragraph':
    case 'blockquote':
      return `${words(token.tokens!)}\n`;
    case 'code':
      return `${(token as Tokens.Code).text}\n`;
    case 'space':
    case 'br':
      return '\n';
    case 'hr':
    case 'checkbox':
      return '';
    default:
      if ('tokens' in token && token.tokens) {
        return words(token.tokens);
      }
      return token.type === 'text' ? entities(token.text as string) : ((token as Tokens.Text).text ?? token.raw);
  }
}
