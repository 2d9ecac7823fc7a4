import { type TSchema, Type } from 'typebox';

const Time = Type.Integer({ description: 'Unix milliseconds' });
const OptionalTime = Type.Union([Time, Type.Null()]);

const all = Type.Literal('all');
const none = Type.Literal('none');
const ChatChoice = Type.Union([all, Type.Literal('mentions'), none]);
const LocalTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'HH:MM' });

const closed = { additionalProperties: false };

export const preferencesSchema = Type.Object(
  {
    enabled: Type.Boolean(),
    when: Type.Union([Type.Literal('away'), Type.Literal('always')]),
    chats: Type.Object({ oneOnOne: Type.Union([all, none]), group: ChatChoice, meeting: ChatChoice }, closed),
    fold: Type.Boolean(),
    quietHours: Type.Union([
      Type.Object(
        {
          from: LocalTime,
          to: LocalTime,
          timeZone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA name' }),
          digestAt: LocalTime,
        },
        closed,
      ),
      Type.Null(),
    ]),
  },
  closed,
);

/** Any part of the preferences. */
export const preferencesPatchSchema = Type.Partial(preferencesSchema, closed);

const muteSchema = Type.Object({ chatId: Type.String(), title: Type.String(), until: OptionalTime });

export const mutesSchema = Type.Object({ mutes: Type.Array(muteSchema) });

export const muteRequestSchema = Type.Object(
  {
    chatId: Type.String({ minLength: 1, maxLength: 300, pattern: '^\\S+$' }),
    span: Type.Union([Type.Literal('hour'), Type.Literal('tomorrow'), Type.Literal('good')]),
  },
  closed,
);

export const chatParameterSchema = Type.Object({ chatId: Type.String({ minLength: 1, maxLength: 300 }) });

export const notificationsSchema = Type.Object({
  notifications: Type.Array(
    Type.Object({
      chatId: Type.String(),
      messageId: Type.String(),
      chatTitle: Type.String(),
      chatKind: Type.Union([Type.Literal('oneOnOne'), Type.Literal('group'), Type.Literal('meeting')]),
      sender: Type.String(),
      mentioned: Type.Boolean(),
      link: Type.String({ description: 'Opens the message in Teams' }),
      sentAt: Time,
      postedAt: Time,
      postId: Type.String(),
    }),
  ),
});

export const meSchema = Type.Object({
  connection: Type.Union([
    Type.Object({
      state: Type.Union([Type.Literal('connected'), Type.Literal('reconnect')]),
      accountName: Type.String(),
      accountAddress: Type.String(),
      connectedAt: Time,
      lastDeliveryAt: OptionalTime,
      problem: Type.Union([Type.String(), Type.Null()]),
    }),
    Type.Null(),
  ]),
  preferences: preferencesSchema,
  mutes: Type.Array(muteSchema),
  botUserId: Type.String(),
});

export const connectSchema = Type.Object({ url: Type.String(), expiresAt: Time });

export const disconnectSchema = Type.Object({ disconnected: Type.Boolean() });

export const commandSchema = Type.Object({ command: Type.String({ minLength: 1, maxLength: 1_000 }) });

export const actionSchema = Type.Object({
  action: Type.String({ minLength: 1, maxLength: 1_000 }),
  option: Type.Optional(Type.String({ maxLength: 300, pattern: '^\\S+$', description: 'What was chosen in a menu' })),
});

export const replySchema = Type.Object({
  text: Type.String({ description: 'Markdown' }),
  buttons: Type.Array(
    Type.Object({
      label: Type.String(),
      style: Type.Union([Type.Literal('primary'), Type.Literal('default'), Type.Literal('danger')]),
      action: Type.String({ description: 'Signed; goes to POST /actions as it is' }),
      options: Type.Array(Type.Object({ label: Type.String(), value: Type.String() }), {
        description: 'A menu when there are any',
      }),
    }),
  ),
  openUrl: Type.Union([Type.String(), Type.Null()]),
});

export const errorSchema = Type.Object({
  error: Type.Object({
    code: Type.String({ description: 'Stable' }),
    message: Type.String({ description: 'A sentence for the user' }),
    requestId: Type.String(),
  }),
});

/** One endpoint, for the description. */
export interface Endpoint {
  method: 'get' | 'put' | 'post' | 'delete';
  /** Below `/api/v1`. */
  path: string;
  summary: string;
  body?: TSchema;
  answer: TSchema;
}

/** Every endpoint that takes a session. */
export const ENDPOINTS: readonly Endpoint[] = [
  { method: 'get', path: '/me', summary: 'The connection and preferences of the user', answer: meSchema },
  {
    method: 'put',
    path: '/preferences',
    summary: 'Changes any part of the preferences',
    body: preferencesPatchSchema,
    answer: preferencesSchema,
  },
  {
    method: 'get',
    path: '/notifications',
    summary: 'What was delivered last: names and links, never texts',
    answer: notificationsSchema,
  },
  { method: 'post', path: '/mutes', summary: 'Mutes a chat', body: muteRequestSchema, answer: mutesSchema },
  { method: 'delete', path: '/mutes/{chatId}', summary: 'Unmutes a chat; idempotent', answer: mutesSchema },
  { method: 'post', path: '/connect', summary: 'Makes a one-time link to the sign-in', answer: connectSchema },
  { method: 'post', path: '/disconnect', summary: 'Ends the connection; idempotent', answer: disconnectSchema },
  {
    method: 'post',
    path: '/commands',
    summary: 'Runs a command as typed, such as "/msteams status"',
    body: commandSchema,
    answer: replySchema,
  },
  { method: 'post', path: '/actions', summary: 'Presses a button of a reply', body: actionSchema, answer: replySchema },
];
