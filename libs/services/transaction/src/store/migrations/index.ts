import { outboxMigration, type Migration } from '@voltbus/database';
import { transactionsMigration } from './0001-transactions';
import { tokensInUseMigration } from './0010-tokens-in-use';
import { silenceMigration } from './0020-silence';
import { noticesByAgeMigration } from './0021-notices-by-age';
import { matchedStopsMigration } from './0022-matched-stops';
import { idsUsedAgainMigration } from './0023-ids-used-again';
import { localListsMigration } from './0030-local-lists';
import { remoteStartsMigration } from './0035-remote-starts';
import { pricesMigration } from './0040-prices';
import { costUpdatesMigration } from './0060-cost-updates';
import { remoteStopsMigration } from './0061-remote-stops';
import { limitsMigration } from './0065-limits';
import { tokenPlacesMigration } from './0070-token-places';
import { settlementsMigration } from './0075-settlements';
import { freedMigration } from './0080-freed';
import { capabilitiesMigration } from './0090-capabilities';
import { qrCodesMigration } from './0095-qr-codes';
import { partsOfReadingsMigration } from './0120-parts-of-readings';
import { connectorStatesMigration } from './0121-connector-states';
import { heardByItsOwnClockMigration } from './0130-heard-by-its-own-clock';
import { tokenGroupsMigration } from './0131-token-groups';
import { operatorActionsMigration } from './0142-operator-actions';
import { sealedMigration } from './0171-sealed';

/** The database schema this service owns. */
export const SCHEMA = 'transactions';

export const migrations: readonly Migration[] = [
  outboxMigration(SCHEMA),
  transactionsMigration,
  tokensInUseMigration,
  silenceMigration,
  noticesByAgeMigration,
  matchedStopsMigration,
  localListsMigration,
  remoteStartsMigration,
  idsUsedAgainMigration,
  pricesMigration,
  costUpdatesMigration,
  freedMigration,
  tokenPlacesMigration,
  remoteStopsMigration,
  limitsMigration,
  settlementsMigration,
  capabilitiesMigration,
  qrCodesMigration,
  partsOfReadingsMigration,
  connectorStatesMigration,
  heardByItsOwnClockMigration,
  tokenGroupsMigration,
  operatorActionsMigration,
  sealedMigration,
];
