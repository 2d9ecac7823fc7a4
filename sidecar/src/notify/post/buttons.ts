import type { Catalogue } from '../../core/i18n.ts';
import { languageOf } from '../../core/i18n.ts';
import type { PostDraft } from '../../core/types.ts';

type Key = 'mute' | 'hour' | 'tomorrow' | 'good' | 'settings' | 'why';

const TEXTS: Catalogue<Key> = {
  en: {
    mute: 'Mute this chat',
    hour: 'For 1 hour',
    tomorrow: 'Until tomorrow',
    good: 'For good',
    settings: 'Settings',
    why: 'Why did I get this?',
  },
  de: {
    mute: 'Chat stummschalten',
    hour: 'Für 1 Stunde',
    tomorrow: 'Bis morgen',
    good: 'Dauerhaft',
    settings: 'Einstellungen',
    why: 'Warum kommt das?',
  },
};

/** The input of a card's buttons. */
export interface CardButtonsInput {
  userId: string;
  locale: string;
  chatId: string;
  /** The preference that let the message through. */
  when: 'away' | 'always';
  mentioned: boolean;
}

/** What the card offers in the web app, as buttons for mobile and other clients. commands/buttons.ts runs the actions. */
export function cardButtons({
  userId,
  locale,
  chatId,
  when,
  mentioned,
}: CardButtonsInput): NonNullable<PostDraft['buttons']> {
  const texts = TEXTS[languageOf(locale)];
  const spans = (['hour', 'tomorrow', 'good'] as const).map((value) => ({ label: texts[value], value }));
  return {
    userId,
    buttons: [
      { label: texts.mute, style: 'default', action: `mute ${chatId}`, options: spans },
      { label: texts.settings, style: 'default', action: 'settings' },
      { label: texts.why, style: 'default', action: mentioned ? `why ${when} mentioned` : `why ${when}` },
    ],
  };
}
