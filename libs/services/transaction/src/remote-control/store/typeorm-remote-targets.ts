import type { Protocol, StationRef, Transaction } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

/** A transaction that is to be stopped, and the version it was reported in. */
interface StopTarget {
  view: Transaction;
  protocol: Protocol;
}

/** Finds the transaction of a remote stop, and the protocol for a remote start. */
export class TypeormRemoteTargets {
  constructor(private readonly dataSource: DataSource) {}

  async findToStop(tenant: string, transaction: string): Promise<StopTarget | null> {
    const rows: StopTarget[] = await this.dataSource.query(
      'SELECT view, protocol FROM transactions.transactions WHERE tenant = $1 AND id = $2',
      [tenant, transaction],
    );
    return rows[0] ?? null;
  }

  /** The version the station last charged in. */
  async lastProtocol({ tenant, station }: StationRef): Promise<Protocol | null> {
    const rows: { protocol: Protocol }[] = await this.dataSource.query(
      'SELECT protocol FROM transactions.transactions WHERE tenant = $1 AND station = $2 ORDER BY started_at DESC LIMIT 1',
      [tenant, station],
    );
    return rows[0]?.protocol ?? null;
  }
}
