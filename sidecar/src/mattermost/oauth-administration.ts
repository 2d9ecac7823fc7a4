import type { OauthAppDraft } from '../core/ports/mattermost-administration.ts';
import type { MattermostClient } from './client/client.ts';
import { readOauthApps, readRegistered } from './wire-oauth-apps.ts';

const PAGE = 200;

/** What an administrator does with OAuth 2.0 applications. Mattermost refuses all of it while its provider is switched off. */
export function oauthVerbs(client: MattermostClient) {
  return {
    oauthApps: async () => {
      const apps = [];
      for (let page = 0; ; page += 1) {
        const more = readOauthApps(await client.getOAuthApps(page, PAGE));
        apps.push(...more);
        if (more.length < PAGE) return apps;
      }
    },
    /** Trusted: nobody is asked for consent, because it only asks whose session it is. */
    addOauthApp: async ({ name, description, homepage, callbackUrl }: OauthAppDraft) =>
      readRegistered(
        await client.createOAuthApp({
          name,
          description,
          homepage,
          callback_urls: [callbackUrl],
          icon_url: '',
          is_trusted: true,
          is_public: false,
        }),
      ),
    removeOauthApp: async (id: string) => void (await client.deleteOAuthApp(id)),
  };
}
