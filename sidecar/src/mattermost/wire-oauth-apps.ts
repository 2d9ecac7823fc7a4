import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { OauthAppEntry } from '../core/ports/mattermost-administration.ts';
import { checked } from './admin/wire.ts';

const Item = Type.Object({
  id: Type.String({ minLength: 1 }),
  description: Type.Optional(Type.String()),
  callback_urls: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
});
const Registered = Type.Object({ id: Type.String({ minLength: 1 }), client_secret: Type.String({ minLength: 1 }) });

const read = { apps: Compile(Type.Array(Item)), registered: Compile(Registered) };

export function readOauthApps(json: unknown): OauthAppEntry[] {
  const apps = checked(read.apps, json ?? [], 'list of OAuth 2.0 applications');
  return apps.map(({ id, description = '', callback_urls }) => ({
    id,
    description,
    callbackUrls: callback_urls ?? [],
  }));
}

/** Of an application that was just made: its id and secret. */
export function readRegistered(json: unknown): { id: string; secret: string } {
  const { id, client_secret: secret } = checked(read.registered, json, 'OAuth 2.0 application');
  return { id, secret };
}
