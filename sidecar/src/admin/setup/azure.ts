/** One step of the app registration, for the Azure CLI. Words in braces are values of earlier steps. */
export interface AzureStep {
  title: string;
  /** Arguments of `az`. */
  words: string[];
  /** What the answer (one JSON value) is kept as. */
  keeps?: 'tenantId' | 'clientId' | 'secret';
}

export interface AzurePlan {
  /** The redirect address that Microsoft must know. */
  redirectUrl: string;
  permissions: Array<{ name: string; id: string; type: 'Scope' | 'Role' }>;
  steps: AzureStep[];
}

/** Microsoft Graph itself, in every tenant (Microsoft Graph permissions reference, as are the ids below). */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

const DELEGATED: AzurePlan['permissions'] = [
  { name: 'User.Read', id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' },
  { name: 'Chat.Read', id: 'f501c180-9344-439a-bca0-6cbf209fd270', type: 'Scope' },
  { name: 'Presence.Read', id: '76bc735e-aecd-4a1d-8b4c-2b915deabb79', type: 'Scope' },
  { name: 'offline_access', id: '7427e0e9-2fba-42fe-b0c0-848c9e6a8182', type: 'Scope' },
];

/** For `FORWARD_FILES=true` only: as the user, and only what that user may read. */
const FILES: AzurePlan['permissions'] = [
  { name: 'Files.Read.All', id: 'df85f4d6-205c-4ac5-a5ea-6bf408dba283', type: 'Scope' },
];

/** For `FEED=tenant` only: rights of the application itself, over every chat and presence of the organisation. */
const APPLICATION: AzurePlan['permissions'] = [
  { name: 'Chat.Read.All', id: '6b7d71aa-70aa-4810-a8d9-5d9fb2830017', type: 'Role' },
  { name: 'Presence.Read.All', id: 'a70e0c2d-e793-494c-94c4-118fa0a67f42', type: 'Role' },
];

/** What the app registration is made for. */
export interface AzureWish {
  sidecarUrl: string;
  tenantFeed: boolean;
  /** Shared files are attached (`FORWARD_FILES`). */
  forwardsFiles: boolean;
  name: string;
}

/** What the app registration consists of, and how to make it. `sidecarUrl` is without a trailing slash. */
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
        title: 'The app registration, for this organisation only',
        words: [
          ...['ad', 'app', 'create', '--display-name', name, '--sign-in-audience', 'AzureADMyOrg'],
          ...['--web-redirect-uris', redirectUrl, '--required-resource-accesses', JSON.stringify(access)],
          ...['--query', 'appId'],
        ],
        keeps: 'clientId',
      },
      {
        title: 'Its presence in the organisation',
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
        title: 'Admin consent for everybody (needs a Privileged Role Administrator or Global Administrator)',
        words: ['ad', 'app', 'permission', 'admin-consent', '--id', '{clientId}'],
      },
    ],
  };
}

/** The words with earlier values filled in. */
export function filled(words: readonly string[], values: Record<string, string>): string[] {
  return words.map((word) => word.replace(/^\{(\w+)\}$/, (mark, name: string) => values[name] ?? mark));
}

/** A command line as a person types it into a shell. */
export function commandLine(words: readonly string[]): string {
  return ['az', ...words]
    .map((word) => (/^[\w./:@{}=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
