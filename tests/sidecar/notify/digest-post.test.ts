import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ListedNotice } from '../../../sidecar/src/notify/digest-post.ts';
import { composeDigest } from '../../../sidecar/src/notify/digest-post.ts';

/** One message in each of so many chats. */
function oneMessageInEach(chats: number): ListedNotice[] {
  return Array.from({ length: chats }, (_, index) => ({
    chatId: `chat-${index}`,
    chatTitle: `Chat ${index}`,
    chatKind: 'group' as const,
    sender: 'Ann Lee',
    link: 'https://teams.microsoft.com/l/chat',
    mentioned: false,
    sentAt: Date.UTC(2026, 10, 28),
  }));
}

describe('a digest', () => {
  test('counts the chats beyond fifty, one as one', () => {
    assert.doesNotMatch(composeDigest(oneMessageInEach(50), 'en').message, /more chat/);
    assert.match(composeDigest(oneMessageInEach(51), 'en').message, /^- and 1 more chat\. Open Teams to see it\.$/m);
    assert.match(
      composeDigest(oneMessageInEach(52), 'en').message,
      /^- and 2 more chats\. Open Teams to see them all\.$/m,
    );
    assert.match(composeDigest(oneMessageInEach(51), 'de').message, /^- und 1 weiterer Chat\./m);
  });

  test('counts messages in the language of the user', () => {
    assert.match(composeDigest(oneMessageInEach(1), 'en').message, /one message arrived in Teams/);
    assert.match(composeDigest(oneMessageInEach(1), 'de-AT').message, /ist in Teams eine Nachricht angekommen/);
    assert.match(composeDigest(oneMessageInEach(2), 'de').message, /sind in Teams 2 Nachrichten angekommen/);
  });
});
