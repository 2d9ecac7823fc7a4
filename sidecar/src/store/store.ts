import { createAllowList } from './allow-list.ts';
import { createCertificates } from './certificates.ts';
import { createConnections } from './connections.ts';
import type { DatabaseOptions } from './database.ts';
import { openDatabase } from './database.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createDeliveries } from './deliveries.ts';
import { createDigests } from './digests.ts';
import { createFacts } from './facts.ts';
import { createInbox, INBOX_CHANNEL } from './inbox.ts';
import { createInvitations } from './invitations.ts';
import { createKnownMessages } from './known-messages.ts';
import { createLeases } from './leases.ts';
import { createNotices } from './notices.ts';
import { createOrganizations } from './organizations.ts';
import { createPauses } from './pauses.ts';
import { createRecipients } from './recipients.ts';
import { createReports } from './reports.ts';
import { createSignIns } from './sign-ins.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createTokenRenewals } from './token-renewals.ts';
import { createWatermarks } from './watermarks.ts';

/** All tables over one database. */
export type Store = Awaited<ReturnType<typeof openStore>>;

/** Opens the database, brings it up to date and gives every table's verbs. Errors: those of `openDatabase`. */
export async function openStore(options: DatabaseOptions) {
  const db = await openDatabase(options);
  return {
    allowList: createAllowList(db),
    certificates: createCertificates(db),
    connections: createConnections(db),
    deadLetters: createDeadLetters(db),
    deliveries: createDeliveries(db),
    digests: createDigests(db),
    facts: createFacts(db),
    inbox: createInbox(db),
    invitations: createInvitations(db),
    knownMessages: createKnownMessages(db),
    leases: createLeases(db),
    organizations: createOrganizations(db),
    notices: createNotices(db),
    pauses: createPauses(db),
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
