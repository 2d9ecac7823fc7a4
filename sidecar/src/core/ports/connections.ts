import type { ErrorCode } from '../errors.ts';
import type { Preferences } from '../preferences.ts';
import type { AccountKey, Connection, ConnectionState } from '../types.ts';

/** A change of a connection's state, with the error that caused it. */
export interface StateChange {
  id: string;
  state: ConnectionState;
  errorCode: ErrorCode | null;
  now: number;
}

/** The end of the sign-in that these tokens belong to. */
export interface SignInEnd {
  id: string;
  sealedTokenCache: string;
  errorCode: ErrorCode;
  now: number;
}

/** The connections, each with its sealed token cache. */
export interface Connections {
  find(id: string): Promise<Connection | null>;
  findByUser(userId: string): Promise<Connection | null>;
  findByAccount(account: AccountKey): Promise<Connection | null>;
  /** In the order of ids, after `afterId` (null: from the start). */
  list(page: { afterId: string | null; limit: number }): Promise<Connection[]>;
  count(): Promise<number>;
  /** The connections of these accounts whose sign-in works. */
  among(accounts: { tid: string; oids: readonly string[] }): Promise<{ id: string; oid: string }[]>;
  /** @throws {AppError} account_taken when the user or the Microsoft account has a connection already. */
  create(connection: Connection, sealedTokenCache: string): Promise<void>;
  setState(change: StateChange): Promise<void>;
  /**
   * Records that the sign-in with these tokens ended. True for the one caller who changed it: false when another did already, or when
   * the user signed in again meanwhile.
   */
  endSignIn(end: SignInEnd): Promise<boolean>;
  /** Applies one change after another; the result is the stored preferences, null when the connection is gone. */
  changePreferences(id: string, change: (preferences: Preferences) => Preferences): Promise<Preferences | null>;
  recordError(id: string, code: ErrorCode, now: number): Promise<void>;
  tokenCache(id: string): Promise<string | null>;
  /** Stores the tokens of a fresh sign-in: renewals of earlier tokens that are under way will not replace them. */
  saveTokenCache(id: string, sealed: string): Promise<void>;
  /** Replaces the sealed form of the same tokens; does nothing when others were stored since `from` was read. */
  resealTokenCache(id: string, change: { from: string; to: string }): Promise<boolean>;
  /** Deletes the connection with its subscriptions, queued work and dead letters. Deliveries (ids only) stay until purged by age. */
  remove(id: string): Promise<void>;
}

/** A connection as reports list it. */
export type ReportedConnection = Pick<
  Connection,
  | 'id'
  | 'userId'
  | 'accountName'
  | 'accountAddress'
  | 'state'
  | 'connectedAt'
  | 'lastDeliveryAt'
  | 'lastErrorAt'
  | 'lastErrorCode'
>;

/** Which connections a report lists, and in which order. */
export interface ConnectionQuery {
  /** A part of the account's name or address; empty: all. */
  search: string;
  /** Users to list as well, whatever their account is called; at most a hundred. */
  userIds: string[];
  sort: 'account' | 'connected' | 'delivery' | 'error';
  descending: boolean;
  offset: number;
  limit: number;
}

/** What administrators look at. */
export interface Reports {
  connections(query: ConnectionQuery): Promise<{ total: number; rows: ReportedConnection[] }>;
  /** How many deliveries began in each hour since then; hours without any are left out. `at` is the start of the hour. */
  deliveriesPerHour(since: number): Promise<Array<{ at: number; count: number }>>;
}
