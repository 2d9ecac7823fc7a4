import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { confirmPage, donePage, failurePage } from '../../../../sidecar/src/connect/pages/pages.ts';
import type { FailureReason } from '../../../../sidecar/src/connect/sign-in/result.ts';
import { REASON_CODE } from '../../../../sidecar/src/connect/sign-in/result.ts';

const CONTEXT = { mattermostUrl: 'https://mattermost.test', clientId: 'the-client-id' };
const EVIL = `"><script>alert('1')</script>&`;
const VALUES = { expected: EVIL, actual: EVIL, connected: EVIL };
const REASONS = Object.keys(REASON_CODE) as FailureReason[];

describe('the pages', () => {
  test('show every failure in both languages, with what happened and what to do, and no value left out', () => {
    for (const reason of REASONS) {
      const shown = ['en', 'de'].map((locale) => {
        const failure = { kind: 'failed' as const, reason, locale, values: VALUES, retryUrl: null };
        const { html } = failurePage(failure, 'en', CONTEXT);
        assert.match(html, new RegExp(`<html lang="${locale}">`));
        assert.equal(html.match(/<h1>/g)?.length, 1);
        assert.doesNotMatch(html, /\{\w+\}<|\{(expected|actual|connected|clientId)\}/, reason);
        return html.replace(/lang=".."/, '');
      });
      assert.notEqual(shown[0], shown[1]);
    }
  });

  test('escape everything that comes from outside', () => {
    const pages = [
      confirmPage({ kind: 'confirm', locale: 'en', username: EVIL, name: EVIL, connectedAs: EVIL }, EVIL, CONTEXT),
      donePage({ kind: 'connected', locale: 'en', username: EVIL, account: EVIL, again: false }, CONTEXT),
      ...REASONS.map((reason) =>
        failurePage(
          { kind: 'failed', reason, locale: null, values: VALUES, retryUrl: `https://x/?a=${EVIL}` },
          'en',
          CONTEXT,
        ),
      ),
    ];
    for (const { html } of pages) assert.doesNotMatch(html, /<script>alert|">&|=""></);
  });

  test('allow only their own style and script, by hash', () => {
    const { html, contentSecurityPolicy } = donePage(
      { kind: 'connected', locale: 'en', username: 'alice', account: 'a@example.com', again: true },
      CONTEXT,
    );
    const hashOf = (tag: string) => {
      const text = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(html)?.[1] ?? '';
      return createHash('sha256').update(text).digest('base64');
    };
    assert.ok(contentSecurityPolicy.includes(`style-src 'sha256-${hashOf('style')}'`));
    assert.ok(contentSecurityPolicy.includes(`script-src 'sha256-${hashOf('script')}'`));
    for (const rule of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      assert.ok(contentSecurityPolicy.includes(rule), rule);
    }
    assert.doesNotMatch(contentSecurityPolicy, /unsafe/);
    assert.doesNotMatch(html, /style=|\son\w+=/);
  });

  test('fall back to the language of the browser while the user is not known', () => {
    const failure = {
      kind: 'failed' as const,
      reason: 'link_expired' as const,
      locale: null,
      values: {},
      retryUrl: null,
    };
    assert.match(failurePage(failure, 'de', CONTEXT).html, /gilt nicht mehr/);
  });
});
