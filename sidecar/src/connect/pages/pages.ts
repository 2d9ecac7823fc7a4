import type { Language } from '../../core/i18n.ts';
import { fill } from '../../core/i18n.ts';
import { FAILURE_TEXTS } from '../failure-texts.ts';
import { PAGE_TEXTS } from '../page-texts.ts';
import type { AwaitingConfirmation, Confirmation, Connected, Consented, SignInFailure } from '../sign-in/result.ts';
import type { Page } from './layout.ts';
import { ALERT, action, CLOSING_SCRIPT, escapeHtml, layout, MARK, paragraph, TICK } from './layout.ts';

/** What all pages name. */
export interface PageContext {
  mattermostUrl: string;
  clientId: string;
}

/** The page that names the Mattermost account, with the button that goes on to Microsoft. */
export function confirmPage(confirmation: Confirmation, link: string, { mattermostUrl }: PageContext): Page {
  const { language, username, name, connectedAs } = confirmation;
  const texts = PAGE_TEXTS[language];
  const user = name === '' ? `@${username}` : `@${username} (${name})`;
  const body = [
    paragraph(texts.confirmWhat, { user, host: new URL(mattermostUrl).host }),
    connectedAs === null ? '' : paragraph(texts.confirmAgain, { connected: connectedAs }),
    paragraph(texts.confirmAccess, {}, 'soft'),
    `<form method="post" action="connect"><input type="hidden" name="link" value="${escapeHtml(link)}">`,
    `<button class="action">${escapeHtml(texts.proceed)}</button></form>`,
    paragraph(texts.confirmWarning, {}, 'soft'),
  ];
  const formTarget = new URL(mattermostUrl).origin;
  return layout({ language, title: texts.confirmTitle, icon: MARK, tone: 'plain', body: body.join(''), formTarget });
}

/** The page for who comes without a link: sign in at Microsoft first, confirm in Mattermost after it. */
export function accountFirstPage(language: Language, { mattermostUrl }: PageContext): Page {
  const texts = PAGE_TEXTS[language];
  const body = [
    paragraph(texts.inviteWhat, { host: new URL(mattermostUrl).host }),
    paragraph(texts.confirmAccess, {}, 'soft'),
    button({ path: 'connect', field: 'first', label: texts.proceed }),
  ];
  return layout({ language, title: texts.confirmTitle, icon: MARK, tone: 'plain', body: body.join('') });
}

/** After a sign-in that began without a link. Says the same to everybody. */
export function awaitingConfirmationPage(
  { account }: AwaitingConfirmation,
  language: Language,
  { mattermostUrl }: PageContext,
): Page {
  const texts = PAGE_TEXTS[language];
  const body = [
    paragraph(texts.claimedWhat, { account }),
    paragraph(texts.claimedElse, {}, 'soft'),
    action(mattermostUrl, texts.back),
  ];
  return layout({ language, title: texts.claimedTitle, icon: TICK, tone: 'good', body: body.join('') });
}

/** The page for administrators, before they sign in to grant consent. */
export function consentPage(language: Language, { clientId }: PageContext): Page {
  const texts = PAGE_TEXTS[language];
  const body = [
    paragraph(texts.consentWhat, {}),
    paragraph(texts.consentPermissions, { clientId }, 'soft'),
    button({ path: 'consent', field: 'admin', label: texts.consentProceed }),
  ];
  return layout({ language, title: texts.consentTitle, icon: MARK, tone: 'plain', body: body.join('') });
}

/** After consent was granted and confirmed. */
export function consentedPage({ tid, name }: Consented, language: Language, { mattermostUrl }: PageContext): Page {
  const texts = PAGE_TEXTS[language];
  const body = [
    paragraph(texts.consentedWhat, { tid, name: name === '' ? tid : name }),
    paragraph(texts.consentedNext, {}),
    action(mattermostUrl, texts.back),
  ];
  return layout({ language, title: texts.consentedTitle, icon: TICK, tone: 'good', body: body.join('') });
}

/** A form with nothing but its button; the field says which page it was. */
function button({ path, field, label }: { path: string; field: string; label: string }): string {
  const input = `<input type="hidden" name="start" value="${field}">`;
  return `<form method="post" action="${path}">${input}<button class="action">${escapeHtml(label)}</button></form>`;
}

/** The page after success. It closes itself when it may. */
export function donePage({ language, username, account, again }: Connected, { mattermostUrl }: PageContext): Page {
  const texts = PAGE_TEXTS[language];
  const body = [
    paragraph(texts.doneWhat, { account, user: `@${username}` }),
    paragraph(again ? texts.doneAgain : texts.doneNext, {}),
    action(mattermostUrl, texts.back),
    `<script>${CLOSING_SCRIPT}</script>`,
  ];
  return layout({ language, title: texts.doneTitle, icon: TICK, tone: 'good', body: body.join('') });
}

/** What happened and what to do, with a way on where there is one. `fallback` is the browser's language. */
export function failurePage(
  failure: SignInFailure,
  fallback: Language,
  { mattermostUrl, clientId }: PageContext,
): Page {
  const language = failure.language ?? fallback;
  const texts = PAGE_TEXTS[language];
  const { title, what, remedy } = FAILURE_TEXTS[language][failure.reason];
  const { values, retryUrl } = failure;
  const body = [
    paragraph(what, values),
    paragraph(remedy, values),
    failure.reason === 'admin_consent_needed'
      ? `<blockquote>${escapeHtml(fill(texts.consentRequest, { clientId }))}</blockquote>`
      : '',
    retryUrl === null ? action(mattermostUrl, texts.back) : action(retryUrl, texts.retry),
  ];
  return layout({ language, title, icon: ALERT, tone: 'bad', body: body.join('') });
}
