import type { PostDraft } from '../../core/types.ts';
import { translatorFor } from '../../i18n/translate.ts';

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
  const t = translatorFor(locale);
  const spans = (['hour', 'tomorrow', 'good'] as const).map((value) => ({ label: t(`settings.span.${value}`), value }));
  return {
    userId,
    buttons: [
      { label: t('post.button.mute'), style: 'default', action: `mute ${chatId}`, options: spans },
      { label: t('post.button.settings'), style: 'default', action: 'settings' },
      { label: t('post.button.why'), style: 'default', action: mentioned ? `why ${when} mentioned` : `why ${when}` },
    ],
  };
}
