import assert from 'node:assert/strict';
import { ANN, CHAT_ALICE_ANN } from '../../../playground/sample.ts';
import {
  createEncryptionKey,
  createScene,
  type Scene,
  signIn,
  subscriptionBody,
} from '../../support/microsoft-emulator.ts';
import { type Received, startReceiver } from './notification-receiver.ts';

const RENEWAL = 50 * 60_000;

/** A Microsoft, an endpoint for its notifications, and what tests do with them. */
export interface DeliveryStage {
  scene: Scene;
  receiver: Awaited<ReturnType<typeof startReceiver>>;
  key: Awaited<ReturnType<typeof createEncryptionKey>>;
  /** Decides the status of each notification; 202 unless a test says otherwise. */
  answer: (received: Received) => number;
  /** Members of a subscription body that make it rich. */
  rich(): object;
  subscribe(oid: string, more?: object): Promise<{ id: string; clientState: string; token: string }>;
  say(content: string, chatId?: string): Promise<{ id: string }>;
  flush(): Promise<Record<string, number>>;
  renew(id: string, token: string): ReturnType<Scene['call']>;
  /** Ends faults and subscriptions and forgets what arrived. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function createDeliveryStage(): Promise<DeliveryStage> {
  const scene = await createScene({ retryBaseMs: 5 });
  const receiver = await startReceiver(scene.authority, (received) => stage.answer(received));
  const key = await createEncryptionKey();
  const stage: DeliveryStage = {
    scene,
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
      const { token } = await signIn(scene, oid);
      const headers = { prefer: 'include-unknown-enum-members' };
      const body = subscriptionBody(oid, { ...stage.rich(), ...more });
      const options = { token, body, headers };
      const answer = await scene.call<{ id: string; clientState: string }>('POST', '/v1.0/subscriptions', options);
      assert.equal(answer.status, 201, answer.text);
      return { ...answer.json, token };
    },
    say: (content, chatId = CHAT_ALICE_ANN.id) =>
      scene.control('POST', '/messages', { chatId, from: ANN.oid, body: { contentType: 'text', content } }),
    flush: () => scene.control('POST', '/flush'),
    renew: (id, token) => {
      const expirationDateTime = new Date(Date.now() + RENEWAL).toISOString();
      return scene.call('PATCH', `/v1.0/subscriptions/${id}`, { token, body: { expirationDateTime } });
    },
    reset: async () => {
      stage.answer = () => 202;
      await scene.control('DELETE', '/faults');
      await stage.flush();
      const { value } = await scene.control<{ value: { id: string }[] }>('GET', '/subscriptions');
      for (const { id } of value) await scene.control('DELETE', `/subscriptions/${id}`);
      await stage.flush();
      receiver.received.length = 0;
    },
    close: async () => {
      await scene.close();
      await receiver.close();
    },
  };
  return stage;
}
