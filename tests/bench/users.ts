import { CONTOSO } from '../../playground/sample.ts';

/** The sidecar's public URL, which nothing calls. */
export const PUBLIC_URL = 'https://sidecar.example.com';
/** The tenant of all users. */
export const TENANT = CONTOSO;
/** The clientState of every subscription. */
export const CLIENT_STATE = 'b3f1c2d4e5f60718293a4b5c6d7e8f90';
/** Connected members of each chat: one message makes that many notifications. */
export const MEMBERS = 10;

/** Connected users in chats of ten. */
export interface Population {
  users: number;
  chats: number;
}

const digits = (index: number, width: number) => String(index).padStart(width, '0');

/** The ids of the `index`-th user, the same in every process. */
export const userId = (index: number) => `user${digits(index, 22)}`;
export const channelId = (index: number) => `chan${digits(index, 22)}`;
export const connectionId = (index: number) => `connection-${digits(index, 6)}`;
export const objectId = (index: number) => `bbbbbbbb-0000-4000-8000-${digits(index, 12)}`;
export const subscriptionId = (index: number) => `cccccccc-0000-4000-8000-${digits(index, 12)}`;
export const chatId = (index: number) => `19:${digits(index, 32)}@thread.v2`;

/** Chat and user of the `serial`-th notification: round robin over all pairs, so that one chat is never twice in a row. */
export function addressee({ users, chats }: Population, serial: number): { chat: number; user: number } {
  const chat = serial % chats;
  const member = Math.floor(serial / chats) % MEMBERS;
  return { chat, user: (chat * MEMBERS + member) % users };
}

/** Users whose preference is to get messages only while away, so that their presence is read: every fifth. */
export function wantsAwayOnly(user: number): boolean {
  return user % 5 === 0;
}
