import { Agent, fetch as undiciFetch } from 'undici';
import { CLIENT_ID, CLIENT_SECRET } from '../../playground/sample.ts';
import { keysFrom } from '../../sidecar/src/config/key-file.ts';
import { tokenContext } from '../../sidecar/src/connect/token-renewal.ts';
import { createSealer, type Sealer } from '../../sidecar/src/core/encryption.ts';
import { connectionOwner } from '../../sidecar/src/core/owner.ts';
import { DEFAULT_PREFERENCES } from '../../sidecar/src/core/preferences.ts';
import { DAY, HOUR, systemClock } from '../../sidecar/src/core/time.ts';
import { createEntra } from '../../sidecar/src/entra/client.ts';
import type { EntraFetch } from '../../sidecar/src/entra/http.ts';
import { createEncryptionCertificates } from '../../sidecar/src/graph/encryption/certificates.ts';
import { messagesResource, webhookUrls } from '../../sidecar/src/graph/subscriptions/api.ts';
import { hashClientState } from '../../sidecar/src/graph/webhook/accept-notifications.ts';
import { openDatabase } from '../../sidecar/src/store/database/database.ts';
import { makeReady } from '../../sidecar/src/store/queue/chat-queues.ts';
import { openStore, type Store } from '../../sidecar/src/store/store.ts';
import { silentLog } from '../support/log.ts';
import type { Place } from './database.ts';
import type { Certificate } from './notifications.ts';
import type { Peers } from './peers.ts';
import * as population from './users.ts';

/** What is put into the database before the sidecar starts. */
export interface Seed extends population.Population {
  /** Milliseconds ago that every subscription was renewed. */
  renewedAgo: number;
  /** Chats whose work waits for a later hour, as after a `Retry-After`: intake without delivery. */
  held: boolean;
}

/** The sealed store's certificate, as Graph knows it, with its key. */
export interface Seeded extends Certificate {
  privateKeyPem: string;
}

const AT_ONCE = 500;

/** Fills the database through the product's own store, as if all these users had connected. */
export async function seedDatabase(place: Place, peers: Peers, seed: Seed): Promise<Seeded> {
  const blob = await tokenBlob(peers);
  const store = await openStore({ url: place.databaseUrl, dataDir: place.dataDir, log: silentLog });
  try {
    const sealer = createSealer(keysFrom(place.dataDir));
    const { certificates } = store;
    const current = await createEncryptionCertificates({
      certificates,
      sealer,
      clock: systemClock,
      log: silentLog,
    }).current();
    for (let from = 0; from < seed.users; from += AT_ONCE) {
      const users = Array.from({ length: Math.min(AT_ONCE, seed.users - from) }, (_, index) => from + index);
      await Promise.all(users.map((user) => connect(store, { sealer, certificateId: current.id, blob, seed, user })));
    }
    const [row] = await certificates.list();
    const sealed = row?.sealedPrivateKey ?? '';
    return { ...current, privateKeyPem: sealer.open(sealed, `certificates.private_key:${current.id}`) };
  } finally {
    await store.close();
    if (seed.held) await holdLanes(place, seed);
  }
}

interface NewUser {
  sealer: Sealer;
  certificateId: string;
  blob: string;
  seed: Seed;
  user: number;
}

async function connect({ connections, subscriptions }: Store, one: NewUser): Promise<void> {
  const { sealer, certificateId, blob, seed, user } = one;
  const now = Date.now();
  const id = population.connectionId(user);
  const oid = population.objectId(user);
  const tokens = blob.replaceAll(population.objectId(0), oid);
  await connections.create(
    {
      id,
      userId: population.userId(user),
      tid: population.TENANT,
      oid,
      accountName: `Person ${user}`,
      accountAddress: `person${user}@example.com`,
      state: 'connected',
      connectedAt: now - DAY,
      lastDeliveryAt: null,
      lastErrorCode: null,
      lastErrorAt: null,
      preferences: { ...DEFAULT_PREFERENCES, enabled: true, when: population.wantsAwayOnly(user) ? 'away' : 'always' },
    },
    sealer.seal(tokens, tokenContext(id)),
  );
  await subscriptions.save({
    id: population.subscriptionId(user),
    owner: connectionOwner(id),
    tid: population.TENANT,
    resource: messagesResource(oid),
    notificationUrl: webhookUrls(population.PUBLIC_URL).notificationUrl,
    clientStateHash: hashClientState(population.CLIENT_STATE),
    certificateId,
    expiresAt: now + 2 * DAY,
    renewedAt: now - seed.renewedAgo,
    createdAt: now - DAY,
  });
}

async function holdLanes({ databaseUrl, dataDir }: Place, { users, chats }: Seed): Promise<void> {
  const db = await openDatabase({ url: databaseUrl, dataDir, log: silentLog });
  const keys = Array.from({ length: chats * population.MEMBERS }, (_, serial) => {
    const { chat, user } = population.addressee({ users, chats }, serial);
    return { owner: connectionOwner(population.connectionId(user)), chatId: population.chatId(chat) };
  });
  await db.transaction((tx) => makeReady(tx, keys, { now: Date.now(), readyAt: Date.now() + HOUR }));
  await db.close();
}

/** A token cache as a sign-in leaves it, of the first user; the others' differ in the object id only. */
async function tokenBlob({ microsoftUrl, authorityPem }: Peers): Promise<string> {
  const dispatcher = new Agent({ connect: { ca: authorityPem } });
  const fetch = ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher })) as unknown as EntraFetch;
  const entra = createEntra({
    authorityUrl: microsoftUrl,
    graphUrl: microsoftUrl,
    tenantId: population.TENANT,
    allowedTenants: [population.TENANT],
    clientId: CLIENT_ID,
    credentials: [{ secret: CLIENT_SECRET }],
    redirectUri: 'https://localhost/oauth/callback',
    clock: systemClock,
    metrics: { ...NO_METRICS },
    fetch,
  });
  const nonce = 'nonce-of-the-bench';
  const redeemed = await entra.redeem({ code: nonce, verifier: 'v'.repeat(43), nonce });
  await dispatcher.close();
  if (redeemed.kind !== 'signed-in') throw new Error('The light Entra refused the sign-in.');
  return redeemed.access.cache;
}

const NO_METRICS = { notificationReceived: () => {}, delivery: () => {}, skipped: () => {}, outbound: () => {} };
