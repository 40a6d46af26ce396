import { language, languages, t, useLanguage } from '../shared/i18n';
import { theme, useTheme, type Theme } from './theme';

/** Language and appearance of the interface. */
export function Preferences() {
  return (
    <div class="preferences">
      <label>
        {t('theme')}
        <select value={theme.value} onChange={(event) => useTheme(event.currentTarget.value as Theme)}>
          <option value="auto">{t('themeAuto')}</option>
          <option value="light">{t('themeLight')}</option>
          <option value="dark">{t('themeDark')}</option>
        </select>
      </label>
      <label>
        {t('language')}
        <select value={language.value} onChange={(event) => void useLanguage(event.currentTarget.value, true)}>
          {Object.entries(languages).map(([tag, { name }]) => <option key={tag} value={tag} lang={tag}>{name}</option>)}
        </select>
      </label>
    </div>
  );
}
