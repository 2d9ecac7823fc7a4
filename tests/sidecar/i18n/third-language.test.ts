import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Some texts of a language that the product does not have. */
const FRENCH = {
  'command.help.title': '**Microsoft Teams pour Mattermost**',
  'digest.title': '{count, plural, one {un message} other {# messages}} pendant vos heures calmes.',
  'post.directChat': 'conversation directe',
  'post.openInTeams': 'Ouvrir dans Teams',
  'signIn.failure.link_expired.title': 'Ce lien n’est plus valable',
};

const folder = mkdtempSync(join(tmpdir(), 'third-language-'));
after(() => rmSync(folder, { recursive: true }));

/** A copy of the sources with one file more, and what a program prints there. */
function inFrench(program: string): unknown {
  cpSync(join(ROOT, 'sidecar/src'), join(folder, 'sidecar/src'), { recursive: true });
  cpSync(join(ROOT, 'sidecar/package.json'), join(folder, 'sidecar/package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'sidecar/src/i18n/fr.json'), JSON.stringify(FRENCH));
  writeFileSync(join(folder, 'program.ts'), program);
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, 'program.ts')], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

describe('a language is added by adding one file', () => {
  test('it is seen in a command, a page, a digest and a post', () => {
    const seen = inFrench(`
      import { help } from './sidecar/src/commands/help.ts';
      import { failurePage } from './sidecar/src/connect/pages/pages.ts';
      import { render } from './sidecar/src/cli/render.ts';
      import { composeDigest } from './sidecar/src/notify/digest-post.ts';
      const notice = { chatId: 'c', chatTitle: 'Ann', chatKind: 'oneOnOne', sender: 'Ann', link: 'https://teams.microsoft.com/l', mentioned: false };
      const message = { id: '1764331200000', chatId: '19:a@unq.gbl.spaces', createdDateTime: '2026-11-28T12:00:00Z', lastModifiedDateTime: '2026-11-28T12:00:00Z', etag: '1', messageType: 'message', body: { contentType: 'text', content: 'Salut' }, from: { user: { id: 'a', displayName: 'Ann' } } };
      const chat = { id: '19:a@unq.gbl.spaces', chatType: 'oneOnOne', topic: null, members: [] };
      const page = { kind: 'failed', reason: 'link_expired', locale: null, values: {}, retryUrl: null };
      console.log(JSON.stringify({
        command: help({ userId: 'u', locale: 'fr' }).text,
        page: failurePage(page, 'en;q=0.5, fr-CA', { mattermostUrl: 'https://chat.example', clientId: 'c' }).html,
        digest: composeDigest([notice], 'fr').message,
        post: render({ message, chat, locale: 'fr' }),
      }));
    `) as { command: string; page: string; digest: string; post: unknown };
    assert.match(seen.command, /^\*\*Microsoft Teams pour Mattermost\*\*/);
    assert.match(seen.page, /<html lang="fr">[\s\S]*<h1>Ce lien n’est plus valable<\/h1>/);
    assert.match(seen.digest, /^un message pendant vos heures calmes\.[\s\S]*conversation directe/);
    assert.match(JSON.stringify(seen.post), /conversation directe/);
    // What it lacks is shown in English.
    assert.match(seen.command, /Connect your Microsoft account/);
  });
});
