import type { CloudEndpoints } from '../core/types.ts';
import type { SettingValues } from './setting-values.ts';

/** Which lists Graph sorts in a cloud. An unsorted list is read to its end. */
export interface CloudSorting {
  chats: boolean;
  messages: boolean;
}

/** Endpoints and list order of one of Microsoft's clouds. */
export interface Cloud extends CloudEndpoints {
  sorts: CloudSorting;
}

/** The clouds this product works in, as `MICROSOFT_CLOUD` names them. */
export type CloudName = SettingValues['MICROSOFT_CLOUD'];

const WORLDWIDE: CloudEndpoints = {
  authorityUrl: 'https://login.microsoftonline.com',
  graphUrl: 'https://graph.microsoft.com',
  teamsUrl: 'https://teams.microsoft.com',
};

/**
 * Endpoints: https://learn.microsoft.com/graph/deployments and https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud.
 * Sorting: https://learn.microsoft.com/graph/teamwork-national-cloud-differences (List chats is not sorted in US Government clouds,
 * List messages is not sorted in GCC). Change notifications of presence exist worldwide only, so presence is polled, which every
 * cloud supports.
 */
export const CLOUDS: Record<CloudName, Cloud> = {
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
};

/** How notifications prove their origin: accepted issuers with `{tenant}` for the tenant id, and the application that sends them. */
export interface Proof {
  issuers: string[];
  publisherAppId: string;
}

/** The proof of notifications; without `MICROSOFT_VALIDATION_ISSUERS` the issuers documented for the worldwide cloud. */
export function proofOf(values: SettingValues, authorityUrl: string): Proof {
  const issuers = values.MICROSOFT_VALIDATION_ISSUERS;
  return {
    issuers: issuers.length > 0 ? issuers : [`${authorityUrl}/{tenant}/v2.0`, 'https://sts.windows.net/{tenant}/'],
    publisherAppId: values.MICROSOFT_PUBLISHER_APP_ID.toLowerCase(),
  };
}
