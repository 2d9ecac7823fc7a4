import assert from 'node:assert/strict';
import { ANN, CHAT_ALICE_ANN } from '../../../playground/sample.ts';
import {
  createEncryptionKey,
  type MicrosoftEmulator,
  signIn,
  startMicrosoftEmulator,
  subscriptionBody,
} from '../../support/microsoft-emulator.ts';
import { type Received, startReceiver } from './notification-receiver.ts';

const RENEWAL = 50 * 60_000;

/** A Microsoft, an endpoint for its notifications, and what tests do with them. */
export interface SubscribedReceiver {
  emulator: MicrosoftEmulator;
  receiver: Awaited<ReturnType<typeof startReceiver>>;
  key: Awaited<ReturnType<typeof createEncryptionKey>>;
  /** Decides the status of each notification; 202 unless a test says otherwise. */
  answer: (received: Received) => number;
  /** Members of a subscription body that make it rich. */
  rich(): object;
  subscribe(oid: string, more?: object): Promise<{ id: string; clientState: string; token: string }>;
  say(content: string, chatId?: string): Promise<{ id: string }>;
  flush(): Promise<Record<string, number>>;
  renew(id: string, token: string): ReturnType<MicrosoftEmulator['call']>;
  /** Ends faults and subscriptions and forgets what arrived. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function createSubscribedReceiver(): Promise<SubscribedReceiver> {
  const emulator = await startMicrosoftEmulator({ retryBaseMs: 5 });
  const receiver = await startReceiver(emulator.authority, (received) => subscribed.answer(received));
  const key = await createEncryptionKey();
  const subscribed: SubscribedReceiver = {
    emulator,
    receiver,
    key,
    answer: () => 202,
    rich: () => ({
      includeResourceData: true,
      encryptionCertificate: key.base64,
      encryptionCertificateId: 'key-1',
      notificationUrl: `${receiver.url}/notify`,
      lifecycleNotificationUrl: `${receiver.url}/lifecycle`,
    }),
    subscribe: async (oid, more = {}) => {
      const { token } = await signIn(emulator, oid);
      const headers = { prefer: 'include-unknown-enum-members' };
      const body = subscriptionBody(oid, { ...subscribed.rich(), ...more });
      const options = { token, body, headers };
      const answer = await emulator.call<{ id: string; clientState: string }>('POST', '/v1.0/subscriptions', options);
      assert.equal(answer.status, 201, answer.text);
      return { ...answer.json, token };
    },
    say: (content, chatId = CHAT_ALICE_ANN.id) =>
      emulator.control('POST', '/messages', { chatId, from: ANN.oid, body: { contentType: 'text', content } }),
    flush: () => emulator.control('POST', '/flush'),
    renew: (id, token) => {
      const expirationDateTime = new Date(Date.now() + RENEWAL).toISOString();
      return emulator.call('PATCH', `/v1.0/subscriptions/${id}`, { token, body: { expirationDateTime } });
    },
    reset: async () => {
      subscribed.answer = () => 202;
      await emulator.control('DELETE', '/faults');
      await subscribed.flush();
      const { value } = await emulator.control<{ value: { id: string }[] }>('GET', '/subscriptions');
      for (const { id } of value) await emulator.control('DELETE', `/subscriptions/${id}`);
      await subscribed.flush();
      receiver.received.length = 0;
    },
    close: async () => {
      await emulator.close();
      await receiver.close();
    },
  };
  return subscribed;
}
