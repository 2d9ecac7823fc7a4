import type { DatabaseOptions } from './database/database.ts';
import { openDatabase } from './database/database.ts';
import { createDeadLetters } from './queue/dead-letters.ts';
import { createInbox, INBOX_CHANNEL } from './queue/inbox.ts';
import { createAllowList } from './tables/allow-list.ts';
import { createCertificates } from './tables/certificates.ts';
import { createConnections } from './tables/connections.ts';
import { createDeliveries } from './tables/deliveries.ts';
import { createDigests } from './tables/digests.ts';
import { createInstallationState } from './tables/installation-state.ts';
import { createInvitations } from './tables/invitations.ts';
import { createLeases } from './tables/leases.ts';
import { createMessageStatus } from './tables/message-status.ts';
import { createNotices } from './tables/notices.ts';
import { createRecipients } from './tables/recipients.ts';
import { createReports } from './tables/reports.ts';
import { createSignIns } from './tables/sign-ins.ts';
import { createSubscriptions } from './tables/subscriptions.ts';
import { createTenantConsents } from './tables/tenant-consents.ts';
import { createThrottlePauses } from './tables/throttle-pauses.ts';
import { createTokenRenewals } from './tables/token-renewals.ts';
import { createWatermarks } from './tables/watermarks.ts';

/** All tables over one database. */
export type Store = Awaited<ReturnType<typeof openStore>>;

/**
 * Opens the database, migrates it and creates every table over it.
 *
 * @throws {AppError} config_invalid, database_locked, database_newer, database_unavailable
 */
export async function openStore(options: DatabaseOptions) {
  const db = await openDatabase(options);
  return {
    allowList: createAllowList(db),
    certificates: createCertificates(db),
    connections: createConnections(db),
    deadLetters: createDeadLetters(db),
    deliveries: createDeliveries(db),
    digests: createDigests(db),
    installationState: createInstallationState(db),
    inbox: createInbox(db),
    invitations: createInvitations(db),
    messageStatus: createMessageStatus(db),
    leases: createLeases(db),
    tenantConsents: createTenantConsents(db),
    notices: createNotices(db),
    throttlePauses: createThrottlePauses(db),
    recipients: createRecipients(db),
    reports: createReports(db),
    signIns: createSignIns(db),
    subscriptions: createSubscriptions(db),
    tokenRenewals: createTokenRenewals(db),
    watermarks: createWatermarks(db),
    /** Calls `wake` when any replica stored notifications; resolves to how to stop. */
    onInbox: (wake: () => void) => db.listen(INBOX_CHANNEL, wake),
    close: () => db.close(),
  };
}
