import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Catalogue,
  createTranslations,
  resolveLanguage,
  translatorFor,
} from '../../../sidecar/src/i18n/translate.ts';

describe('the language of a reader', () => {
  const available = ['en', 'de', 'pt-br'];

  for (const [locale, language] of [
    ['en', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['de_CH', 'de'],
    ['DE', 'de'],
    ['den', 'en'],
    ['pt-BR', 'pt-br'],
    ['pt', 'en'],
    ['fr', 'en'],
    ['', 'en'],
    // Accept-Language
    ['fr,de;q=0.9', 'de'],
    ['fr;q=0.9, en;q=0.4, de;q=0.8', 'de'],
    ['de;q=0, en', 'en'],
    ['en;q=0.1,de;q=0.2', 'de'],
    ['*', 'en'],
    ['fr, *;q=0.5', 'en'],
    ['de-Latn-DE', 'de'],
    ['de; q=0.3, en; q = 0.9', 'en'],
    [', ;q=1,,de', 'de'],
    ['de;q=nonsense', 'en'],
  ] as const) {
    test(`${locale || '(nothing)'} → ${language}`, () => assert.equal(resolveLanguage(locale, available), language));
  }
});

describe('texts', () => {
  test('a number chooses the form, in the language of the reader', () => {
    const [en, de] = [translatorFor('en-US'), translatorFor('de')];
    assert.equal(en('digest.more', { count: 1 }), 'and 1 more chat. Open Teams to see it.');
    assert.equal(en('digest.more', { count: 2 }), 'and 2 more chats. Open Teams to see them all.');
    assert.equal(de('digest.more', { count: 1 }), 'und 1 weiterer Chat. In Teams sehen Sie ihn.');
    assert.equal(de('digest.chat', { count: 1234 }), '1.234 Nachrichten');
  });

  test('values are put in as they are, and angle brackets are no markup', () => {
    const t = translatorFor('en');
    assert.equal(
      t('check.unexpected', { message: "<b>{x}</b> it's #1" }),
      "This could not be checked: <b>{x}</b> it's #1",
    );
    assert.match(t('check.command.hidden.remedy'), /--token <administrator token>/);
  });

  test('a further language shows English for what it lacks', () => {
    const french: Catalogue = { 'digest.mentioned': 'vous mentionne' };
    const t = createTranslations(new Map([['fr', french]])).translatorFor('fr-CA');
    assert.equal(t('digest.mentioned'), 'vous mentionne');
    assert.equal(t('post.directChat'), 'direct chat');
    assert.equal(t.language, 'fr');
  });

  test('a header of anything is answered', () => {
    for (let number = 0; number < 2000; number++) assert.equal(translatorFor(`x-${number}`).language, 'en');
  });
});
