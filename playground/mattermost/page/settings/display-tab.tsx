import React from 'react';
import { messageOf, request } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { useApp, useAppStore } from '../parts/context.ts';
import { currentTheme, THEMES } from '../parts/theme.ts';
import { savePreferences } from '../store/load.ts';
import { currentUser, isCompact } from '../store/selectors.ts';
import type { AppStore, User } from '../types.ts';
import { type Choice, RadioGroup, Section } from './section.tsx';

const LANGUAGES: readonly Choice[] = [
  { value: 'en', text: 'English (US)' },
  { value: 'de', text: 'Deutsch' },
];

const THEME_CHOICES: readonly Choice[] = THEMES.map((theme) => ({ value: theme.type, text: theme.type }));

interface OneChoice {
  title: string;
  name: string;
  value: string;
  choices: readonly Choice[];
  save: (store: AppStore, value: string) => Promise<void>;
}

function preference(store: AppStore, category: string, name: string) {
  const user_id = store.getState().entities.users.currentUserId;
  return (value: string) => savePreferences(store, [{ user_id, category, name, value }]);
}

function saveTheme(store: AppStore, type: string): Promise<void> {
  const theme = THEMES.find((each) => each.type === type);
  return preference(store, 'theme', '')(JSON.stringify(theme));
}

async function saveLocale(store: AppStore, locale: string): Promise<void> {
  const me = await request<User>('/users/me/patch', { method: 'PUT', json: { locale } });
  store.dispatch({ type: 'RECEIVED_ME', data: me });
}

function saveDisplay(store: AppStore, value: string): Promise<void> {
  return preference(store, 'display_settings', 'message_display')(value);
}

function ChoiceSection({ choice }: { choice: OneChoice }): React.ReactElement {
  const store = useAppStore();
  const [open, setOpen] = React.useState(false);
  const [value, setValue] = React.useState(choice.value);
  const [error, setError] = React.useState('');
  function openOrClose(next: boolean): void {
    setValue(choice.value);
    setError('');
    setOpen(next);
  }
  async function save(): Promise<void> {
    try {
      await choice.save(store, value);
      setOpen(false);
    } catch (failure) {
      setError(messageOf(failure));
    }
  }
  return (
    <Section
      title={choice.title}
      summary={choice.choices.find((each) => each.value === choice.value)?.text ?? choice.value}
      error={error}
      open={open}
      onOpen={openOrClose}
      onSave={() => void save()}
    >
      <RadioGroup
        titleHidden
        name={choice.name}
        title={choice.title}
        value={value}
        choices={choice.choices}
        onChange={setValue}
      />
    </Section>
  );
}

/** Theme, language and density of the page. */
export function DisplayTab(): React.ReactElement {
  const text = useText();
  const theme = useApp(currentTheme).type;
  const locale = useApp((state) => currentUser(state)?.locale ?? 'en');
  const display = useApp(isCompact) ? 'compact' : 'clean';
  const displays: Choice[] = [
    { value: 'clean', text: text('settings.clean') },
    { value: 'compact', text: text('settings.compact') },
  ];
  const choices: OneChoice[] = [
    { title: text('settings.theme'), name: 'theme', value: theme, choices: THEME_CHOICES, save: saveTheme },
    { title: text('settings.language'), name: 'language', value: locale, choices: LANGUAGES, save: saveLocale },
    { title: text('settings.messages'), name: 'messages', value: display, choices: displays, save: saveDisplay },
  ];
  return (
    <>
      <h2 className="settings-title">{text('settings.display')}</h2>
      {choices.map((choice) => (
        <ChoiceSection key={choice.name} choice={choice} />
      ))}
    </>
  );
}
