/** One command of the Azure CLI. Words in braces stand for values of earlier steps. */
export interface AzureStep {
  title: string;
  /** Arguments of `az`. */
  words: string[];
  /** Name under which the answer (one JSON value) is available to later steps. */
  keeps?: 'tenantId' | 'clientId' | 'secret';
}

export interface AzurePlan {
  /** Redirect URI of the app registration. */
  redirectUrl: string;
  permissions: Array<{ name: string; id: string; type: 'Scope' | 'Role' }>;
  steps: AzureStep[];
}

/** Microsoft Graph, the same id in every tenant. Ids: https://learn.microsoft.com/graph/permissions-reference */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

const DELEGATED: AzurePlan['permissions'] = [
  { name: 'User.Read', id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' },
  { name: 'Chat.Read', id: 'f501c180-9344-439a-bca0-6cbf209fd270', type: 'Scope' },
  { name: 'Presence.Read', id: '76bc735e-aecd-4a1d-8b4c-2b915deabb79', type: 'Scope' },
  { name: 'offline_access', id: '7427e0e9-2fba-42fe-b0c0-848c9e6a8182', type: 'Scope' },
];

/** For `FORWARD_FILES=true` only. Delegated, so limited to files that the user may read. */
const FILES: AzurePlan['permissions'] = [
  { name: 'Files.Read.All', id: 'df85f4d6-205c-4ac5-a5ea-6bf408dba283', type: 'Scope' },
];

/** For `FEED=tenant` only. Application permissions, over all chats and presence of the tenant. */
const APPLICATION: AzurePlan['permissions'] = [
  { name: 'Chat.Read.All', id: '6b7d71aa-70aa-4810-a8d9-5d9fb2830017', type: 'Role' },
  { name: 'Presence.Read.All', id: 'a70e0c2d-e793-494c-94c4-118fa0a67f42', type: 'Role' },
];

/** Settings that the app registration depends on. `sidecarUrl` is without a trailing slash. */
export interface AzureWish {
  sidecarUrl: string;
  tenantFeed: boolean;
  /** `FORWARD_FILES`. */
  forwardsFiles: boolean;
  name: string;
}

/** The app registration and the commands that make it. */
export function azurePlan({ sidecarUrl, tenantFeed, forwardsFiles, name }: AzureWish): AzurePlan {
  const permissions = [...DELEGATED, ...(forwardsFiles ? FILES : []), ...(tenantFeed ? APPLICATION : [])];
  const redirectUrl = `${sidecarUrl}/oauth/callback`;
  const access = [{ resourceAppId: GRAPH_APP_ID, resourceAccess: permissions.map(({ id, type }) => ({ id, type })) }];
  return {
    redirectUrl,
    permissions,
    steps: [
      {
        title: 'Which tenant you are signed in to',
        words: ['account', 'show', '--query', 'tenantId'],
        keeps: 'tenantId',
      },
      {
        title: 'The app registration, for this tenant only',
        words: [
          ...['ad', 'app', 'create', '--display-name', name, '--sign-in-audience', 'AzureADMyOrg'],
          ...['--web-redirect-uris', redirectUrl, '--required-resource-accesses', JSON.stringify(access)],
          ...['--query', 'appId'],
        ],
        keeps: 'clientId',
      },
      {
        title: 'Its service principal in the tenant',
        words: ['ad', 'sp', 'create', '--id', '{clientId}', '--query', 'appId'],
      },
      {
        title: 'A client secret, good for a year',
        words: [
          ...['ad', 'app', 'credential', 'reset', '--id', '{clientId}', '--append', '--display-name', 'sidecar'],
          ...['--years', '1', '--query', 'password'],
        ],
        keeps: 'secret',
      },
      {
        title: 'Admin consent for all users (needs a Privileged Role Administrator or Global Administrator)',
        words: ['ad', 'app', 'permission', 'admin-consent', '--id', '{clientId}'],
      },
    ],
  };
}

/** The words with the values of earlier steps filled in. */
export function filled(words: readonly string[], values: Record<string, string>): string[] {
  return words.map((word) => word.replace(/^\{(\w+)\}$/, (mark, name: string) => values[name] ?? mark));
}

/** The command line quoted for a POSIX shell. */
export function commandLine(words: readonly string[]): string {
  return ['az', ...words]
    .map((word) => (/^[\w./:@{}=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
