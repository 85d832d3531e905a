import { outboxMigration, type Migration } from '@voltbus/database';
import { authorizationMigration } from '../../authorization/store/migrations/0010-authorization';
import { transactionsMigration } from '../../transactions/store/migrations/0020-transactions';
import { meteringMigration } from '../../metering/store/migrations/0030-metering';
import { remoteControlMigration } from '../../remote-control/store/migrations/0040-remote-control';
import { limitsMigration } from '../../limits/store/migrations/0050-limits';
import { pricesMigration } from '../../prices/store/migrations/0060-prices';
import { presenceMigration } from '../../presence/store/migrations/0070-presence';
import { capabilitiesMigration } from '../../capabilities/store/migrations/0080-capabilities';
import { localListMigration } from '../../local-list/store/migrations/0090-local-list';
import { paymentMigration } from '../../payment/store/migrations/0100-payment';
import { migration as unhandledMessagesMigration } from '../../unhandled-messages/store/migrations/0110-unhandled-messages';

/** The database schema this service owns. */
export const SCHEMA = 'transactions';

export const migrations: readonly Migration[] = [
  outboxMigration(SCHEMA),
  authorizationMigration,
  transactionsMigration,
  meteringMigration,
  remoteControlMigration,
  limitsMigration,
  pricesMigration,
  presenceMigration,
  capabilitiesMigration,
  localListMigration,
  paymentMigration,
  unhandledMessagesMigration,
];
