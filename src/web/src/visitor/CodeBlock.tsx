import { CopyButton } from './CopyButton';
import { t } from '../shared/i18n';

export function CodeBlock({ text, language }: { text: string; language: string }) {
  const name = language.split(/\s/, 1)[0];
  return (
    <div class="code">
      <div class="code-head">
        <span>{name}</span>
        <CopyButton label={t('copyCode')} text={() => text} />
      </div>
      <pre tabIndex={0} role="region" aria-label={name || t('code')}><code>{text}</code></pre>
    </div>
  );
}
