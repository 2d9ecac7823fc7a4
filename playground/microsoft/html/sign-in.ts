import type { Person } from '../types.ts';
import { type Html, html } from './html.ts';

const MEANINGS: Record<string, string> = {
  'Chat.Read': 'Read your chat messages',
  'Chat.ReadWrite': 'Read and write your chat messages',
  'Chat.ReadBasic': 'Read names and members of your chat threads',
  'Files.Read.All': 'Read all files that you have access to',
  'Presence.Read': 'Read your presence information',
  'Presence.Read.All': 'Read presence information of all users in your organization',
  'User.Read': 'Sign you in and read your profile',
  offline_access: 'Maintain access to data you have given it access to',
};

/** A whole page of the sign-in. */
export function signInPage(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/assets/style.css">
</head>
<body class="sign-in">
<main class="card">
<div class="brand"><span class="logo" aria-hidden="true"></span> Small Microsoft <span class="tag">playground</span></div>
${content}
</main>
</body>
</html>
`.markup;
}

/** Choose who signs in; `hinted` comes first. */
export function pickPerson(choice: { people: Person[]; flow: string; tenant: string; appName: string }): string {
  const { people, flow, tenant, appName } = choice;
  return signInPage(
    'Sign in',
    html`<h1>Pick an account</h1>
<p>to continue to <strong>${appName}</strong></p>
<form method="post" action="/${tenant}/login">
<input type="hidden" name="flow" value="${flow}">
<ul class="people">${people.map(
      (person) => html`<li><button type="submit" name="person" value="${person.oid}" data-testid="person-${person.oid}">
<span class="avatar" aria-hidden="true">${initials(person.name)}</span>
<span><strong>${person.name}</strong><small>${person.upn}</small></span></button></li>`,
    )}</ul>
</form>`,
  );
}

/** Accept or decline what the app asks for. */
export function askConsent(request: {
  person: Person;
  scopes: string[];
  flow: string;
  tenant: string;
  appName: string;
}): string {
  const { person, scopes, flow, tenant, appName } = request;
  const listed = scopes.filter((scope) => MEANINGS[scope] !== undefined || /^[A-Z]/.test(scope));
  return signInPage(
    'Permissions requested',
    html`<p class="who">${person.upn}</p>
<h1>Permissions requested</h1>
<p><strong>${appName}</strong> would like to:</p>
<ul class="scopes">${listed.map((scope) => html`<li>${MEANINGS[scope] ?? scope}<small>${scope}</small></li>`)}</ul>
<form method="post" action="/${tenant}/consent" class="actions">
<input type="hidden" name="flow" value="${flow}">
<button type="submit" name="decision" value="decline" data-testid="decline">Cancel</button>
<button type="submit" name="decision" value="accept" class="primary" data-testid="accept">Accept</button>
</form>`,
  );
}

/** Only an administrator may go on. `returnUrl` leads back to the app with the refusal. */
export function needAdministrator(request: { person: Person; appName: string; returnUrl: string }): string {
  const { person, appName, returnUrl } = request;
  return signInPage(
    'Need admin approval',
    html`<p class="who">${person.upn}</p>
<h1>Need admin approval</h1>
<p><strong>${appName}</strong> needs permission to access resources in your organization that only an admin can grant.
Please ask an admin to grant permission to this app before you can use it.</p>
<p><small>AADSTS90094</small></p>
<p><a href="${returnUrl}" data-testid="return">Return to the application without granting consent</a></p>`,
  );
}

/** An administrator grants the app its permissions for the tenant. */
export function askAdministrator(request: { scopes: string[]; flow: string; tenant: string; appName: string }): string {
  const { scopes, flow, tenant, appName } = request;
  return signInPage(
    'Permissions requested',
    html`<h1>Permissions requested</h1>
<p>As an administrator, grant <strong>${appName}</strong> for everybody in the organization:</p>
<ul class="scopes">${scopes.map((scope) => html`<li>${MEANINGS[scope] ?? scope}<small>${scope}</small></li>`)}</ul>
<form method="post" action="/${tenant}/adminconsent" class="actions">
<input type="hidden" name="flow" value="${flow}">
<button type="submit" name="decision" value="decline" data-testid="decline">Cancel</button>
<button type="submit" name="decision" value="accept" class="primary" data-testid="accept">Accept</button>
</form>`,
  );
}

/** A refusal that must not be sent to the app's address, because the address itself may be wrong. */
export function sorry(code: number, text: string): string {
  return signInPage(
    'Sign in',
    html`<h1>Sorry, but we’re having trouble signing you in.</h1>
<p data-testid="error">AADSTS${code}: ${text}</p>`,
  );
}

/** Carries the answer to the app as a form (`response_mode=form_post`). */
export function postBack(redirectUri: string, fields: Record<string, string>): string {
  return signInPage(
    'Working…',
    html`<form method="post" action="${redirectUri}" id="post-back">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit" class="primary">Continue</button>
</form>
<script type="module" src="/assets/post-back.js"></script>`,
  );
}

/** The session in this browser is over. */
export function signedOut(): string {
  return signInPage(
    'Sign out',
    html`<h1>You signed out of your account</h1><p>It’s a good idea to close all browser windows.</p>`,
  );
}

function initials(name: string): string {
  return name
    .split(' ')
    .map((word) => word.charAt(0))
    .join('')
    .slice(0, 2);
}
