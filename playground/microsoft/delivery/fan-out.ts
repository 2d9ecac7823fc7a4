import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { MovableClock } from '../clock.ts';
import type { Facts, Faults } from '../faults.ts';
import type { MessageChange } from '../state.ts';
import type { Registry } from '../subscriptions/registry.ts';
import type { ChatMessage, EncryptionCertificate, Json, Subscription } from '../types.ts';
import { type EncryptedContent, encryptContent, tamper } from './encrypt.ts';
import { newItem } from './item.ts';
import type { Ledger } from './ledger.ts';
import type { Outbox } from './outbox.ts';

/** What turning changes into notifications needs. */
export interface FanOutDeps {
  clock: MovableClock;
  faults: Faults;
  registry: Registry;
  outbox: Outbox;
  ledger: Ledger;
  url(): string;
}

/** Turns changes and lifecycle events into notifications. */
export interface FanOut {
  message(change: MessageChange): void;
  lifecycle(subscription: Subscription, event: string): void;
}

/** One notification per subscription that watches, the sender's own included. */
export function createFanOut(deps: FanOutDeps): FanOut {
  return {
    message: (change) => {
      const watching = deps.registry.watching(change.chat, change.changeType);
      if (watching.length === 0) return;
      const forms = toForms(change.wire, deps.url());
      for (const subscription of watching) {
        notify(deps, change, {
          subscription,
          plain: subscription.includeUnknownEnumMembers ? forms.full : forms.masked,
        });
      }
    },
    lifecycle: (subscription, event) => {
      const url = subscription.lifecycleNotificationUrl;
      if (url === null) return;
      const facts = { values: { subscriptionId: subscription.id } };
      const wire = { ...common(deps, subscription, facts), lifecycleEvent: event };
      deps.outbox.put(newItem({ subscription, url, kind: 'lifecycle', wire, queuedAt: deps.clock.now() }));
    },
  };
}

function notify(
  deps: FanOutDeps,
  { chat, messageId, changeType }: MessageChange,
  { subscription, plain }: { subscription: Subscription; plain: string },
): void {
  const { faults, ledger, outbox, clock } = deps;
  const facts = factsOf(subscription, { chatId: chat.id, messageId });
  if (isLost(faults, facts)) {
    ledger.swallowed();
    return;
  }
  const resource = `chats('${chat.id}')/messages('${messageId}')`;
  const { certificate } = subscription;
  const build = () => ({
    ...common(deps, subscription, facts),
    changeType,
    resource,
    resourceData: { id: messageId, '@odata.type': '#Microsoft.Graph.chatMessage', '@odata.id': resource },
    encryptedContent: certificate === null ? null : encrypted(faults, plain, { certificate, facts }),
  });
  const duplicate = faults.take('duplicate', facts);
  const copies = duplicate ? Math.max(2, Number(duplicate.copies ?? 2)) : 1;
  const fixed = { subscription, kind: 'change' as const, changeType, chatId: chat.id, messageId };
  for (let copy = 0; copy < copies; copy += 1) {
    outbox.put(newItem({ ...fixed, url: subscription.notificationUrl, wire: build(), queuedAt: clock.now() }));
  }
}

function common({ clock, faults }: FanOutDeps, subscription: Subscription, facts: Facts): Json {
  const expires = new Date(clock.toOutside(subscription.expiresAt)).toISOString();
  return {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: `${expires.slice(0, -1)}+00:00`,
    clientState: faults.take('wrong_client_state', facts) ? 'not-the-client-state' : subscription.clientState,
    tenantId: subscription.tid,
  };
}

function encrypted(
  faults: Faults,
  plain: string,
  { certificate, facts }: { certificate: EncryptionCertificate; facts: Facts },
): EncryptedContent {
  const publicKey = faults.take('wrong_key', facts) ? newForeignKey() : certificate.publicKey;
  const content = encryptContent(plain, { ...certificate, publicKey });
  if (faults.take('tampered_data', facts)) content.data = tamper(content.data);
  if (faults.take('tampered_signature', facts)) content.dataSignature = tamper(content.dataSignature);
  return content;
}

function newForeignKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
}

function factsOf(subscription: Subscription, { chatId, messageId }: { chatId: string; messageId: string }): Facts {
  const oid = subscription.scope.of === 'person' ? subscription.scope.oid : undefined;
  return { values: { chatId, messageId, subscriptionId: subscription.id, oid, tid: subscription.tid } };
}

function isLost(faults: Faults, facts: Facts): boolean {
  const fault = faults.peek('lose', facts);
  if (!fault) return false;
  if (fault.ratio !== undefined && Math.random() >= Number(fault.ratio)) return false;
  return faults.take('lose', facts) !== null;
}

/** The message as a rich notification carries it, for subscribers with and without `Prefer: include-unknown-enum-members`. */
function toForms(text: string, url: string): { full: string; masked: string } {
  const { messageHistory: _history, ...message } = JSON.parse(text) as ChatMessage;
  const context = `${url}/v1.0/$metadata#chats('${encodeURIComponent(message.chatId)}')/messages/$entity`;
  const whole = { '@odata.context': context, ...message, replies: [], hostedContents: [] };
  const full = JSON.stringify(whole);
  if (message.messageType !== 'systemEventMessage') return { full, masked: full };
  return { full, masked: JSON.stringify({ ...whole, messageType: 'unknownFutureValue' }) };
}
