/** What the plugin process uses of Mattermost's own configuration (`ServiceSettings`, `SqlSettings`). */
export interface MattermostSettings {
  siteUrl: string;
  listenAddress: string;
  connectionSecurity: string;
  driverName: string;
  dataSource: string;
}

/** Users who may connect, by e-mail address in lower case. An empty list admits all. */
export interface AllowList {
  count(): Promise<number>;
  has(email: string): Promise<boolean>;
  /** In alphabetical order. */
  all(): Promise<string[]>;
  replace(emails: readonly string[]): Promise<void>;
}

/** Users who were invited to connect. */
export interface Invitations {
  /** False when that user was invited before. */
  add(userId: string, now: number): Promise<boolean>;
  has(userId: string): Promise<boolean>;
  /** How many were invited and have no connection. */
  pending(): Promise<number>;
}

/** Values about the whole installation, by name, with the time of the last write. */
export interface InstallationState {
  read(name: string): Promise<{ value: string; at: number } | null>;
  write(name: string, value: string, now: number): Promise<void>;
}

/** Consent that an administrator granted for a whole tenant. Time in Unix milliseconds. */
export interface TenantConsent {
  tid: string;
  /** Object id and name of the administrator. */
  grantedBy: string;
  grantedByName: string;
  grantedAt: number;
}

/** The tenants for which an administrator granted consent on our page. */
export interface TenantConsents {
  /** Records the consent, in place of an earlier one. */
  record(consent: TenantConsent): Promise<void>;
  list(): Promise<TenantConsent[]>;
}
