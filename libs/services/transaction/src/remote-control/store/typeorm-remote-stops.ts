import type { StationRef, Transaction } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import type { RemoteStop } from '../domain/remote-stop';

interface Row extends StationRef {
  command: string;
  transaction: string;
  asked_at: Date;
  refusal: string | null;
  view: Transaction;
}

/** Remote stops, from the request to the end of the transaction. */
export class TypeormRemoteStops {
  constructor(private readonly dataSource: DataSource) {}

  /** Before its command is stored: what the station answers must find it. False when that command was there before. */
  async remember({ tenant, station }: StationRef, stop: { command: string; transaction: string; askedAt: Date }): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `INSERT INTO transactions.remote_stops (tenant, command, station, transaction, asked_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING 1`,
      [tenant, stop.command, station, stop.transaction, stop.askedAt],
    );
    return rows.length > 0;
  }

  /** Its command was not taken: nobody was asked anything. */
  async withdraw(tenant: string, command: string): Promise<void> {
    await this.dataSource.query('DELETE FROM transactions.remote_stops WHERE tenant = $1 AND command = $2', [tenant, command]);
  }

  async refused(tenant: string, command: string, refusal: string): Promise<void> {
    await this.dataSource.query('UPDATE transactions.remote_stops SET refusal = $3 WHERE tenant = $1 AND command = $2', [
      tenant,
      command,
      refusal,
    ]);
  }

  async find(tenant: string, command: string): Promise<RemoteStop | null> {
    const [row]: Row[] = await this.dataSource.query(
      `SELECT s.tenant, s.station, s.command, s.transaction, s.asked_at, s.refusal, t.view FROM transactions.remote_stops s
       JOIN transactions.transactions t ON t.tenant = s.tenant AND t.id = s.transaction WHERE s.tenant = $1 AND s.command = $2`,
      [tenant, command],
    );
    if (row === undefined) return null;
    const { asked_at: askedAt, view, ...rest } = row;
    return { ...rest, askedAt, endedAt: view.endedAt };
  }
}
