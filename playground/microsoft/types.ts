import type { KeyObject } from 'node:crypto';

/** Types of the Microsoft emulator. Wire shapes are those of Graph v1.0; times are milliseconds of the emulator's clock unless a comment says otherwise. */

export type ChatKind = 'oneOnOne' | 'group' | 'meeting';
export type ChangeType = 'created' | 'updated' | 'deleted';

/** A JSON object that is not validated yet. */
export type Json = Record<string, unknown>;

/** A person with a Microsoft account. `mail` doubles as user principal name unless `upn` differs. */
export interface Person {
  oid: string;
  tid: string;
  name: string;
  mail: string | null;
  upn: string;
  presence: { availability: string; activity: string; sequenceNumber: number; outOfOffice: boolean };
}

/** Bytes that belong to a message: a pasted picture. */
export interface HostedContent {
  contentType: string;
  bytes: Buffer;
}

/** A stored message: `wire` is the Graph chatMessage as it is answered. */
export interface StoredMessage {
  wire: ChatMessage;
  hosted: Map<string, HostedContent>;
}

/** A Graph chatMessage; times are ISO texts in the outside's time. */
export interface ChatMessage extends Json {
  id: string;
  etag: string;
  messageType: string;
  chatId: string;
  createdDateTime: string;
  lastModifiedDateTime: string;
  lastEditedDateTime: string | null;
  deletedDateTime: string | null;
  importance: string;
  from: Json | null;
  body: { contentType: string; content: string };
  attachments: Json[];
  mentions: Json[];
  reactions: Json[];
  eventDetail: Json | null;
}

/** A chat with its messages in the order they were written. `reads` holds ISO texts by object id. */
export interface Chat {
  id: string;
  tid: string;
  kind: ChatKind;
  topic: string | null;
  members: string[];
  createdDateTime: string;
  lastUpdatedDateTime: string;
  messages: Map<string, StoredMessage>;
  lastMessageId: number;
  reads: Map<string, string>;
  joined: Map<string, string>;
}

/** What a Graph request proved about its caller. */
export interface AccessToken {
  kind: 'delegated' | 'app';
  clientId: string;
  tid: string;
  /** Object id of the person, or of the service principal. */
  oid: string;
  /** `scp` of a delegated token, `roles` of an app token. */
  permissions: string[];
  expiresAt: number;
}

/** A Graph subscription with what Graph keeps to itself. */
export interface Subscription {
  id: string;
  tid: string;
  clientId: string;
  creatorId: string;
  kind: 'delegated' | 'app';
  changeTypes: ChangeType[];
  changeType: string;
  resource: string;
  scope: SubscriptionScope;
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  clientState: string | null;
  includeResourceData: boolean;
  certificate: EncryptionCertificate | null;
  latestSupportedTlsVersion: string;
  includeUnknownEnumMembers: boolean;
  expiresAt: number;
  /** When the access token behind the subscription is over; nothing is delivered afterwards. */
  tokenExpiresAt: number;
  lastPatchAt: number | null;
  lastReauthorizeAt: number | null;
  /** Breaches of the platform's rules that it answers without an error. */
  violations: string[];
}

/** What a subscription watches. */
export type SubscriptionScope =
  | { of: 'tenant'; tid: string }
  | { of: 'person'; oid: string }
  | { of: 'chat'; chatId: string };

/** The public half of what notifications are encrypted with. */
export interface EncryptionCertificate {
  id: string;
  thumbprint: string;
  publicKey: KeyObject;
}

/** Options of the Microsoft emulator; every field has a default. */
export interface MicrosoftOptions {
  /** Limits of Graph per app, chat and person, answered with 429. Default off. */
  limits?: boolean;
  /** People of other tenants may sign in, and `organizations` is served. Default false. */
  multiTenant?: boolean;
  /** Application permissions an administrator granted to the app. */
  appRoles?: string[];
  /** Life of access tokens; by default random between 60 and 90 minutes. */
  accessTokenSeconds?: number;
  /** Teams subscriptions a tenant may have. Default 10,000. */
  organizationQuota?: number;
  /** Repeat the handshake on every renewal, as Graph sometimes does. Default false. */
  handshakeOnRenew?: boolean;
  /** Milliseconds before the first retry of a refused notification; doubles with each. Default 5,000. */
  retryBaseMs?: number;
  /** Items in one POST at most. Default 20. */
  batchSize?: number;
  /** Responses of an endpoint before its slowness is judged. Default 100. */
  evaluateAfter?: number;
}
