import {
  ALICE,
  BOB,
  CAROL,
  CHAT_ALICE_ANN,
  CHAT_BUDGET,
  CHAT_GROUP,
  CHAT_MEETING,
} from '../../../playground/sample.ts';

/** Why a journey over several sidecars is left out. */
export const NO_DATABASE =
  'There is no PostgreSQL: start one on 127.0.0.1:5432 (user postgres, no password) or set DATABASE_URL_TEST.';

/** The chats that are written to. */
export const CHATS = [CHAT_ALICE_ANN, CHAT_BUDGET, CHAT_GROUP, CHAT_MEETING];

/** Who reads them. */
export const PEOPLE = [
  { username: 'alice', as: ALICE },
  { username: 'bob', as: BOB },
  { username: 'carol', as: CAROL },
];
