import type { StationRef } from '@voltbus/contracts';
import { StationTransactions, preparedAlone, type Statement } from '@voltbus/database';
import type { Metrics } from '@voltbus/telemetry';
import type { DataSource } from 'typeorm';
import { transactionId } from '../../metering';
import { TransactionUnit, type TransactionStores } from './typeorm-transaction-unit';

const ENDED_AMONG: Statement = {
  name: 'transactions-ended-among',
  text: `
SELECT t.tenant, t.station, t.id, max(named.at) AS last_at FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS named(tenant, id, at)
JOIN transactions.transactions t ON t.tenant = named.tenant AND t.id = named.id WHERE t.ended_at IS NOT NULL
GROUP BY t.tenant, t.station, t.id`,
};

/** Transactions under the lock of their station. */
export class TypeormTransactions {
  private readonly stations;

  constructor(
    private readonly dataSource: DataSource,
    private readonly stores: TransactionStores,
    metrics: Metrics,
  ) {
    this.stations = new StationTransactions(dataSource, { metrics, work: 'transactions' });
  }

  /**
   * Everything about one station in one database transaction, one at a time: commits in the order of its outbox ids.
   * The work must have no effect but through the unit: it may be done again.
   */
  inStation<T>(ref: StationRef, work: (unit: TransactionUnit) => Promise<T>): Promise<T> {
    return this.stations.run(ref, (manager) => work(new TransactionUnit(manager, ref, this.stores)));
  }

  /** Reads a station's transactions without its lock; others may change them meanwhile. */
  looking<T>(ref: StationRef, work: (unit: TransactionUnit) => Promise<T>): Promise<T> {
    return this.dataSource.transaction((manager) => work(new TransactionUnit(manager, ref, this.stores)));
  }

  /** Ended transactions among those that readings name, for late readings may change what they come to. */
  async endedAmong(
    named: readonly { ref: StationRef; reference: string; at: number }[],
  ): Promise<{ ref: StationRef; id: string; lastAt: number }[]> {
    const rows = await preparedAlone<{ tenant: string; station: string; id: string; last_at: Date }>(this.dataSource, ENDED_AMONG, [
      named.map(({ ref }) => ref.tenant),
      named.map(({ ref, reference }) => transactionId(ref, reference)),
      named.map(({ at }) => new Date(at)),
    ]);
    return rows.map(({ tenant, station, id, last_at }) => ({ ref: { tenant, station }, id, lastAt: last_at.getTime() }));
  }
}
