import Type from 'typebox';
import Compile from 'typebox/compile';
import { AppError } from '../../core/errors.ts';
import type { ChangeType, Presence } from '../../core/types.ts';

/**
 * The encrypted content of a notification, in base64. https://learn.microsoft.com/graph/api/resources/changenotificationencryptedcontent
 */
export interface EncryptedContent {
  data: string;
  /** Null when it was missing; decryption refuses such content. */
  dataSignature: string | null;
  dataKey: string;
  encryptionCertificateId: string;
}

/** The fields that every item of a batch has. Ids are lower-case. */
interface ItemHead {
  subscriptionId: string;
  clientState: string | null;
  tid: string | null;
}

/**
 * A change notification, as received. `resource` and `odataId` name the message by its path.
 * https://learn.microsoft.com/graph/api/resources/changenotification
 */
export interface ChangeItem extends ItemHead {
  kind: 'change';
  change: ChangeType;
  resource: string | null;
  odataId: string | null;
  content: EncryptedContent | null;
}

/** A lifecycle notification. `event` is Graph's word, unknown ones included. */
export interface LifecycleItem extends ItemHead {
  kind: 'lifecycle';
  event: string;
}

/** The body of a webhook call: its readable items, the number of unreadable ones, and the validation tokens, null when there are none. */
export interface Batch {
  items: Array<ChangeItem | LifecycleItem>;
  malformed: number;
  tokens: string[] | null;
}

/** A subscription as Graph answers it; times in milliseconds. https://learn.microsoft.com/graph/api/resources/subscription */
export interface GraphSubscription {
  id: string;
  expiresAt: number;
  resource: string | null;
  notificationUrl: string | null;
  lifecycleUrl: string | null;
}

/** The signed-in user. https://learn.microsoft.com/graph/api/user-get */
export interface Me {
  oid: string;
  name: string;
  mail: string | null;
  userPrincipalName: string;
}

const MAX_ITEMS = 5_000;
const MAX_TOKENS = 100;

const nullable = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

const BatchShape = Compile(
  Type.Object({
    value: Type.Array(Type.Unknown(), { maxItems: MAX_ITEMS }),
    validationTokens: nullable(Type.Array(Type.String({ maxLength: 16_384 }), { maxItems: MAX_TOKENS })),
  }),
);

const ItemShape = Compile(
  Type.Object({
    subscriptionId: text(128),
    clientState: nullable(Type.String({ maxLength: 1_024 })),
    tenantId: nullable(Type.String({ maxLength: 128 })),
    changeType: nullable(text(64)),
    lifecycleEvent: nullable(text(64)),
    resource: nullable(Type.String({ maxLength: 2_048 })),
    resourceData: Type.Optional(Type.Unknown()),
    encryptedContent: Type.Optional(Type.Unknown()),
  }),
);

const ContentShape = Compile(
  Type.Object({
    data: text(8_388_608),
    dataSignature: nullable(Type.String({ maxLength: 1_024 })),
    dataKey: text(4_096),
    encryptionCertificateId: text(256),
  }),
);

const OdataId = Compile(Type.Object({ '@odata.id': Type.String({ maxLength: 2_048 }) }));

const SubscriptionShape = Compile(
  Type.Object({
    id: text(128),
    expirationDateTime: text(64),
    resource: nullable(Type.String()),
    notificationUrl: nullable(Type.String()),
    lifecycleNotificationUrl: nullable(Type.String()),
  }),
);

const SubscriptionListShape = Compile(Type.Object({ value: Type.Array(Type.Unknown()) }));

const MeShape = Compile(
  Type.Object({
    id: text(128),
    displayName: nullable(Type.String()),
    mail: nullable(Type.String()),
    userPrincipalName: text(1_024),
  }),
);

const PresenceShape = Compile(
  Type.Object({ availability: nullable(Type.String()), activity: nullable(Type.String()) }),
);

const ErrorShape = Compile(
  Type.Object({
    error: Type.Object({ code: nullable(Type.String()), message: nullable(Type.String()) }),
  }),
);

const CHANGES: ReadonlyMap<string, ChangeType> = new Map(
  (['created', 'updated', 'deleted'] as const).map((change) => [change, change]),
);

/** The names that are read, by their lower-case form: Graph's pages write some in another case (`EncryptedContent`). */
const NAMES: ReadonlyMap<string, string> = new Map(
  [
    ...['value', 'validationTokens', 'subscriptionId', 'clientState', 'tenantId', 'changeType', 'lifecycleEvent'],
    ...['resource', 'resourceData', 'encryptedContent', '@odata.id'],
    ...['data', 'dataSignature', 'dataKey', 'encryptionCertificateId'],
  ].map((name) => [name.toLowerCase(), name]),
);

/**
 * Reads the body of a webhook call. Letter case does not matter, unknown fields are skipped, and an unreadable item does not affect the
 * others. https://learn.microsoft.com/graph/api/resources/changenotificationcollection
 *
 * @throws {AppError} bad_request when it is not a collection
 */
export function readBatch(json: unknown): Batch {
  const body = canonical(json);
  if (!BatchShape.Check(body)) throw new AppError('bad_request', 'The body is not a collection of notifications.');
  const items = body.value.map(readItem);
  const readable = items.filter((item) => item !== null);
  return { items: readable, malformed: items.length - readable.length, tokens: body.validationTokens ?? null };
}

function readItem(json: unknown): ChangeItem | LifecycleItem | null {
  const item = canonical(json);
  if (!ItemShape.Check(item)) return null;
  const head: ItemHead = {
    subscriptionId: item.subscriptionId.toLowerCase(),
    clientState: item.clientState ?? null,
    tid: item.tenantId?.toLowerCase() ?? null,
  };
  if (item.lifecycleEvent) return { kind: 'lifecycle', ...head, event: item.lifecycleEvent };
  const change = CHANGES.get(item.changeType?.toLowerCase() ?? '');
  const content = item.encryptedContent == null ? null : readEncryptedContent(item.encryptedContent);
  if (!change || content === undefined) return null;
  const data = canonical(item.resourceData);
  const odataId = OdataId.Check(data) ? data['@odata.id'] : null;
  return { kind: 'change', ...head, change, resource: item.resource ?? null, odataId, content };
}

/** Reads encrypted content, from Graph or from the inbox; undefined for any other value. */
export function readEncryptedContent(json: unknown): EncryptedContent | undefined {
  const content = canonical(json);
  if (!ContentShape.Check(content)) return undefined;
  const { data, dataSignature, dataKey, encryptionCertificateId } = content;
  return { data, dataSignature: dataSignature ?? null, dataKey, encryptionCertificateId };
}

/** Reads a subscription. @throws {AppError} microsoft_refused for any other value */
export function readSubscription(json: unknown): GraphSubscription {
  const expiresAt = SubscriptionShape.Check(json) ? Date.parse(json.expirationDateTime) : Number.NaN;
  if (!SubscriptionShape.Check(json) || Number.isNaN(expiresAt)) throw unreadable('subscription');
  return {
    id: json.id.toLowerCase(),
    expiresAt,
    resource: json.resource ?? null,
    notificationUrl: json.notificationUrl ?? null,
    lifecycleUrl: json.lifecycleNotificationUrl ?? null,
  };
}

/** Reads one page of subscriptions. @throws {AppError} microsoft_refused for any other value */
export function readSubscriptions(json: unknown): GraphSubscription[] {
  if (!SubscriptionListShape.Check(json)) throw unreadable('subscriptions');
  return json.value.map(readSubscription);
}

/** Reads the answer of `GET /me`. @throws {AppError} microsoft_refused for any other value */
export function readMe(json: unknown): Me {
  if (!MeShape.Check(json)) throw unreadable('me');
  return {
    oid: json.id.toLowerCase(),
    name: json.displayName ?? json.userPrincipalName,
    mail: json.mail ?? null,
    userPrincipalName: json.userPrincipalName,
  };
}

/**
 * Reads a presence. Both words become lower-case, because Graph's pages differ in their case.
 * https://learn.microsoft.com/graph/api/resources/presence
 *
 * @throws {AppError} microsoft_refused for any other value
 */
export function readPresence(json: unknown): Presence {
  if (!PresenceShape.Check(json)) throw unreadable('presence');
  return {
    availability: json.availability?.toLowerCase() ?? null,
    activity: json.activity?.toLowerCase() ?? null,
  };
}

/** Reads Graph's error from the text of an answer; nulls for any other text. https://learn.microsoft.com/graph/errors */
export function readGraphError(body: string): { code: string | null; message: string | null } {
  const json = parseJson(body);
  return ErrorShape.Check(json)
    ? { code: json.error.code ?? null, message: json.error.message ?? null }
    : { code: null, message: null };
}

/** Parses JSON; undefined for any other text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function canonical(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  const known: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(json)) {
    const name = NAMES.get(key.toLowerCase());
    if (name !== undefined) known[name] = value;
  }
  return known;
}

function unreadable(what: string): AppError {
  return new AppError('microsoft_refused', 'Microsoft Graph answered with an unknown shape.', { fields: { what } });
}
