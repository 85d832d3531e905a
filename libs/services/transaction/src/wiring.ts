import { randomInt } from 'node:crypto';
import type { Outbox } from '@voltbus/persistence';
import type { Logger, Metrics } from '@voltbus/process';
import type { AnswerTable } from '@voltbus/station-link';
import { answers } from './answers';
import { Happenings } from './happenings';
import { Readings } from './readings';
import { TypeormNotices } from './store/typeorm-notices';
import { TypeormReadings } from './store/typeorm-readings';
import { TypeormTokens } from './store/typeorm-tokens';
import { TypeormTransactionViews } from './store/typeorm-transaction-views';
import { TypeormTransactions } from './store/typeorm-transactions';
import { Tokens } from './tokens';
import { Transactions } from './transactions';

type Database = ConstructorParameters<typeof TypeormNotices>[0];

export interface WiringParts {
  database: Database;
  outbox: Outbox;
  logger: Logger;
  metrics: Metrics;
  wakeRelay(): void;
}

/** Largest 1.6 transaction id; stations use 0 and -1 for none. */
const MAX_ID = 2 ** 31 - 1;

/** A positive 31-bit integer that nobody can guess (CVE-2026-28230). */
export function drawId(): number {
  return randomInt(1, MAX_ID + 1);
}

/** The service's classes, built around one database. */
export function wire({ database, outbox, logger, metrics, wakeRelay }: WiringParts): Wired {
  const happenings = new Happenings(logger, metrics);
  const readingStore = new TypeormReadings(database);
  const tokenStore = new TypeormTokens(database);
  const transactionStore = new TypeormTransactions(database, { outbox, readings: readingStore, tokens: tokenStore });
  const views = new TypeormTransactionViews(database, { outbox, readings: readingStore });
  const transactions = new Transactions({ store: transactionStore, happenings, wakeRelay, drawId });
  const readings = new Readings({ store: readingStore, transactions, transactionStore, happenings });
  const table = answers({ tokens: new Tokens(tokenStore), transactions, readings, notices: new TypeormNotices(database) });
  return { happenings, tokenStore, readingStore, views, table };
}

export interface Wired {
  happenings: Happenings;
  tokenStore: TypeormTokens;
  readingStore: TypeormReadings;
  views: TypeormTransactionViews;
  table: AnswerTable;
}
