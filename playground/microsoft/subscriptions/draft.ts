import type { MovableClock } from '../clock.ts';
import { GraphError } from '../graph/errors.ts';
import type { AccessToken, ChangeType, EncryptionCertificate, Json, SubscriptionScope } from '../types.ts';
import { readCertificate } from './certificate.ts';
import { readResource } from './resource.ts';

const MINUTE = 60_000;
const SHORTEST = 45 * MINUTE;
const LONGEST = 4320;
const LIFECYCLE_AFTER = 60 * MINUTE;
const LIFECYCLE_NEEDED =
  'lifecycleNotificationUrl is a required property for subscription creation on this resource when the expirationDateTime value is set to greater than 1 hour';

const TEXT_PROPERTIES = [
  'changeType',
  'notificationUrl',
  'lifecycleNotificationUrl',
  'resource',
  'expirationDateTime',
  'clientState',
  'latestSupportedTlsVersion',
  'encryptionCertificate',
  'encryptionCertificateId',
  'notificationUrlAppId',
  'notificationQueryOptions',
];

/** What a client asks to be subscribed to, checked. */
export interface SubscriptionDraft {
  changeType: string;
  changeTypes: ChangeType[];
  notificationUrl: string;
  lifecycleNotificationUrl: string | null;
  resource: string;
  scope: SubscriptionScope;
  expiresAt: number;
  clientState: string | null;
  latestSupportedTlsVersion: string;
  includeResourceData: boolean;
  certificate: EncryptionCertificate | null;
}

/** Reads the body of Create subscription in Graph's order of checks. Errors: `GraphError` 400, 401, 403. */
export function readDraft(body: unknown, token: AccessToken, clock: MovableClock): SubscriptionDraft {
  const fields = readFields(body);
  for (const name of ['changeType', 'notificationUrl', 'resource', 'expirationDateTime']) {
    if (fields[name] === undefined) throw invalid(`The required property '${name}' is missing.`);
  }
  const changeTypes = readChangeTypes(fields.changeType ?? '');
  const scope = readResource(fields.resource ?? '', token);
  const notificationUrl = readUrl(fields.notificationUrl ?? '', 'notificationUrl');
  const lifecycleNotificationUrl =
    fields.lifecycleNotificationUrl === undefined
      ? null
      : readUrl(fields.lifecycleNotificationUrl, 'lifecycleNotificationUrl');
  const expiresAt = readExpiry(fields.expirationDateTime ?? '', clock);
  if (expiresAt > clock.now() + LIFECYCLE_AFTER && lifecycleNotificationUrl === null) throw invalid(LIFECYCLE_NEEDED);
  const includeResourceData = (body as Json).includeResourceData === true;
  return {
    changeType: fields.changeType ?? '',
    changeTypes,
    notificationUrl,
    lifecycleNotificationUrl,
    resource: fields.resource ?? '',
    scope,
    expiresAt,
    clientState: readLength(fields.clientState, 'clientState'),
    latestSupportedTlsVersion: readTls(fields.latestSupportedTlsVersion),
    includeResourceData,
    certificate: includeResourceData ? readCertificateFields(fields) : null,
  };
}

/** Reads `expirationDateTime` (outside time): lifted to 45 minutes, refused in the past and above 4,320 minutes. */
export function readExpiry(text: string, clock: MovableClock): number {
  const outside = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(outside))
    throw invalid("Invalid value for 'expirationDateTime'.");
  const expiresAt = clock.toInside(outside);
  if (expiresAt <= clock.now()) {
    throw new GraphError(400, 'ExtensionError', { message: 'Subscription expiration must be in the future.' });
  }
  // Clients count from their own clock; a few seconds more than the maximum are the time the request took.
  if (expiresAt > clock.now() + LONGEST * MINUTE + 5_000) {
    throw new GraphError(400, 'ExtensionError', {
      message: `Subscription expiration can only be ${LONGEST} minutes in the future.`,
    });
  }
  return Math.max(expiresAt, clock.now() + SHORTEST);
}

/** Both certificate fields. Errors: `GraphError` 400 when one is missing or bad. */
export function readCertificateFields(fields: Record<string, string | undefined>): EncryptionCertificate {
  const { encryptionCertificate, encryptionCertificateId } = fields;
  if (!encryptionCertificate || !encryptionCertificateId) {
    throw invalid('encryptionCertificate and encryptionCertificateId are required when includeResourceData is true.');
  }
  readLength(encryptionCertificateId, 'encryptionCertificateId');
  return readCertificate(encryptionCertificate, encryptionCertificateId);
}

/** The text members of a body. Errors: `GraphError` 400 for members that Graph does not know or that are no text. */
export function readFields(body: unknown): Record<string, string | undefined> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw unprocessable();
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'includeResourceData' && typeof value === 'boolean') continue;
    if (!TEXT_PROPERTIES.includes(name)) throw unprocessable();
    if (value === null) continue;
    if (typeof value !== 'string') throw unprocessable();
    fields[name] = value;
  }
  return fields;
}

/** An https address. Errors: `GraphError` 400. */
export function readUrl(text: string, name: string): string {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:') throw invalid(`'${name}' must be an HTTPS address.`);
  return text;
}

/** 400 InvalidRequest. */
export function invalid(message: string): GraphError {
  return new GraphError(400, 'InvalidRequest', { message });
}

function unprocessable(): GraphError {
  return invalid(
    'Could not process subscription creation payload. Are all property names spelled and camelCased properly?',
  );
}

function readChangeTypes(text: string): ChangeType[] {
  const types = text.split(',').map((type) => type.trim().toLowerCase());
  const isKnown = (type: string): type is ChangeType => ['created', 'updated', 'deleted'].includes(type);
  if (!types.every(isKnown)) throw invalid(`Invalid value for 'changeType': '${text}'.`);
  return types.filter(isKnown);
}

function readLength(text: string | undefined, name: string): string | null {
  if (text === undefined) return null;
  if (text.length > 128) throw invalid(`'${name}' can be at most 128 characters long.`);
  return text;
}

function readTls(text = 'v1_2'): string {
  if (['v1_0', 'v1_1', 'v1_2'].includes(text)) return text;
  throw new GraphError(400, 'ValidationError', { message: 'Invalid property value for LatestSupportedTlsVersion' });
}
