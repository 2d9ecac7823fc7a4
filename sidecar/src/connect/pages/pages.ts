import { translatorFor } from '../../i18n/translate.ts';
import type { AwaitingConfirmation, Confirmation, Connected, Consented, SignInFailure } from '../sign-in/result.ts';
import type { Page } from './layout.ts';
import { ALERT, action, CLOSING_SCRIPT, escapeHtml, layout, MARK, paragraph, TICK } from './layout.ts';

/** Facts that several pages mention. */
export interface PageContext {
  mattermostUrl: string;
  clientId: string;
}

/** Names the Mattermost account, with the button that continues to Microsoft. */
export function confirmPage(confirmation: Confirmation, link: string, { mattermostUrl }: PageContext): Page {
  const { locale, username, name, connectedAs } = confirmation;
  const t = translatorFor(locale);
  const user = name === '' ? `@${username}` : `@${username} (${name})`;
  const body = [
    paragraph(t, 'signIn.page.confirmWhat', { user, host: new URL(mattermostUrl).host }),
    connectedAs === null ? '' : paragraph(t, 'signIn.page.confirmAgain', { connected: connectedAs }),
    paragraph(t, 'signIn.page.confirmAccess', {}, 'soft'),
    `<form method="post" action="connect"><input type="hidden" name="link" value="${escapeHtml(link)}">`,
    `<button class="action">${escapeHtml(t('signIn.page.proceed'))}</button></form>`,
    paragraph(t, 'signIn.page.confirmWarning', {}, 'soft'),
  ];
  const formTarget = new URL(mattermostUrl).origin;
  return layout({
    language: t.language,
    title: t('signIn.page.confirmTitle'),
    icon: MARK,
    tone: 'plain',
    body: body.join(''),
    formTarget,
  });
}

/** For a browser without a link: offers the account-first sign-in. */
export function accountFirstPage(locale: string, { mattermostUrl }: PageContext): Page {
  const t = translatorFor(locale);
  const body = [
    paragraph(t, 'signIn.page.accountFirstWhat', { host: new URL(mattermostUrl).host }),
    paragraph(t, 'signIn.page.confirmAccess', {}, 'soft'),
    button({ path: 'connect', field: 'first', label: t('signIn.page.proceed') }),
  ];
  return layout({
    language: t.language,
    title: t('signIn.page.confirmTitle'),
    icon: MARK,
    tone: 'plain',
    body: body.join(''),
  });
}

/** After an account-first sign-in. The same whether or not a Mattermost user has the account's address. */
export function awaitingConfirmationPage(
  { account }: AwaitingConfirmation,
  locale: string,
  { mattermostUrl }: PageContext,
): Page {
  const t = translatorFor(locale);
  const body = [
    paragraph(t, 'signIn.page.awaitingWhat', { account }),
    paragraph(t, 'signIn.page.awaitingElse', {}, 'soft'),
    action(mattermostUrl, t('signIn.page.back')),
  ];
  return layout({
    language: t.language,
    title: t('signIn.page.awaitingTitle'),
    icon: TICK,
    tone: 'good',
    body: body.join(''),
  });
}

/** For administrators, before they sign in to grant consent. */
export function consentPage(locale: string, { clientId }: PageContext): Page {
  const t = translatorFor(locale);
  const body = [
    paragraph(t, 'signIn.page.consentWhat', {}),
    paragraph(t, 'signIn.page.consentPermissions', { clientId }, 'soft'),
    button({ path: 'consent', field: 'admin', label: t('signIn.page.consentProceed') }),
  ];
  return layout({
    language: t.language,
    title: t('signIn.page.consentTitle'),
    icon: MARK,
    tone: 'plain',
    body: body.join(''),
  });
}

/** After consent was granted and confirmed. */
export function consentedPage({ tid, name }: Consented, locale: string, { mattermostUrl }: PageContext): Page {
  const t = translatorFor(locale);
  const body = [
    paragraph(t, 'signIn.page.consentedWhat', { tid, name: name === '' ? tid : name }),
    paragraph(t, 'signIn.page.consentedNext', {}),
    action(mattermostUrl, t('signIn.page.back')),
  ];
  return layout({
    language: t.language,
    title: t('signIn.page.consentedTitle'),
    icon: TICK,
    tone: 'good',
    body: body.join(''),
  });
}

/** A form that consists of one button; `field` tells the route which button it was. */
function button({ path, field, label }: { path: string; field: string; label: string }): string {
  const input = `<input type="hidden" name="start" value="${field}">`;
  return `<form method="post" action="${path}">${input}<button class="action">${escapeHtml(label)}</button></form>`;
}

/** After success. Closes its window if the browser allows it. */
export function donePage({ locale, username, account, again }: Connected, { mattermostUrl }: PageContext): Page {
  const t = translatorFor(locale);
  const body = [
    paragraph(t, 'signIn.page.doneWhat', { account, user: `@${username}` }),
    paragraph(t, again ? 'signIn.page.doneAgain' : 'signIn.page.doneNext', {}),
    action(mattermostUrl, t('signIn.page.back')),
    `<script>${CLOSING_SCRIPT}</script>`,
  ];
  return layout({
    language: t.language,
    title: t('signIn.page.doneTitle'),
    icon: TICK,
    tone: 'good',
    body: body.join(''),
  });
}

/** What happened and what to do, with a link to try again if that makes sense. `fallback` is the browser's `Accept-Language`. */
export function failurePage(failure: SignInFailure, fallback: string, { mattermostUrl, clientId }: PageContext): Page {
  const t = translatorFor(failure.locale ?? fallback);
  const { reason } = failure;
  const { values, retryUrl } = failure;
  const body = [
    paragraph(t, `signIn.failure.${reason}.what`, values),
    paragraph(t, `signIn.failure.${reason}.remedy`, values),
    failure.reason === 'admin_consent_needed'
      ? `<blockquote>${escapeHtml(t('signIn.page.consentRequest', { clientId }))}</blockquote>`
      : '',
    retryUrl === null ? action(mattermostUrl, t('signIn.page.back')) : action(retryUrl, t('signIn.page.retry')),
  ];
  return layout({
    language: t.language,
    title: t(`signIn.failure.${reason}.title`),
    icon: ALERT,
    tone: 'bad',
    body: body.join(''),
  });
}
