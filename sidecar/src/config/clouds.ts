import type { CloudEndpoints } from '../core/types.ts';
import { GUID, type Reader } from './reader.ts';

/** What Graph sorts in a cloud: without it, lists come as they are and are looked through to their end. */
export interface CloudSorting {
  chats: boolean;
  messages: boolean;
}

export interface Cloud extends CloudEndpoints {
  sorts: CloudSorting;
}

export type CloudName = 'global' | 'gcc' | 'gcc-high' | 'dod' | 'china';

const WORLDWIDE: CloudEndpoints = {
  authorityUrl: 'https://login.microsoftonline.com',
  graphUrl: 'https://graph.microsoft.com',
  teamsUrl: 'https://teams.microsoft.com',
};

/**
 * The clouds of Microsoft; a text for one that cannot carry this product. Sources: learn.microsoft.com/graph/deployments,
 * learn.microsoft.com/entra/identity-platform/authentication-national-cloud, learn.microsoft.com/graph/teamwork-national-cloud-differences
 * (List chats is not sorted in US Government clouds, List messages is not sorted in GCC). Notifications of presence exist worldwide
 * only and are not used: presence is asked for, which every cloud below answers.
 */
export const CLOUDS: Record<Exclude<CloudName, 'china'>, Cloud> & Record<'china', string> = {
  global: { ...WORLDWIDE, sorts: { chats: true, messages: true } },
  gcc: { ...WORLDWIDE, sorts: { chats: false, messages: false } },
  'gcc-high': {
    authorityUrl: 'https://login.microsoftonline.us',
    graphUrl: 'https://graph.microsoft.us',
    teamsUrl: 'https://gov.teams.microsoft.us',
    sorts: { chats: false, messages: true },
  },
  dod: {
    authorityUrl: 'https://login.microsoftonline.us',
    graphUrl: 'https://dod-graph.microsoft.us',
    teamsUrl: 'https://dod.teams.microsoft.us',
    sorts: { chats: false, messages: true },
  },
  china:
    'Microsoft 365 operated by 21Vianet has no change notifications for Teams chats and no presence of several users, so messages could not arrive',
};

/** How notifications prove where they come from: issuers with `{tenant}` for the tenant's id, and the application that sends them. */
export interface Proof {
  issuers: string[];
  publisherAppId: string;
}

/** Reads MICROSOFT_CLOUD. China is refused with the reason. */
export function readCloud(read: Reader, problems: string[]): Cloud {
  const cloud = CLOUDS[read.oneOf('MICROSOFT_CLOUD', Object.keys(CLOUDS) as CloudName[], 'global')];
  if (typeof cloud !== 'string') return cloud;
  problems.push(`MICROSOFT_CLOUD: "china" cannot be used. ${cloud}.`);
  return CLOUDS.global;
}

/** Microsoft Graph Change Tracking (learn.microsoft.com/graph/change-notifications-with-resource-data). */
const PUBLISHER_APP_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';

/** Reads MICROSOFT_VALIDATION_ISSUERS and MICROSOFT_PUBLISHER_APP_ID, which no document names for the national clouds. */
export function readProof(read: Reader, problems: string[], authorityUrl: string): Proof {
  const usual = [`${authorityUrl}/{tenant}/v2.0`, 'https://sts.windows.net/{tenant}/'];
  const issuers = read.optional('MICROSOFT_VALIDATION_ISSUERS')?.split(',') ?? usual;
  const isIssuer = (text: string) => text.includes('{tenant}') && URL.parse(text)?.protocol === 'https:';
  if (!issuers.every((text) => isIssuer(text.trim()))) {
    problems.push('MICROSOFT_VALIDATION_ISSUERS: write https addresses with {tenant} in each, separated by commas.');
  }
  const publisherAppId = (read.optional('MICROSOFT_PUBLISHER_APP_ID') ?? PUBLISHER_APP_ID).toLowerCase();
  if (!GUID.test(publisherAppId)) problems.push('MICROSOFT_PUBLISHER_APP_ID: not an application (client) id, a GUID.');
  return { issuers: issuers.map((text) => text.trim()), publisherAppId };
}
