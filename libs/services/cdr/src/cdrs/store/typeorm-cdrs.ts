import type { Cdr } from '@voltbus/contracts';
import { StationTransactions, TypeormList, shownAs, type ListSource, type Outbox } from '@voltbus/database';
import type { Metrics } from '@voltbus/telemetry';
import type { DataSource } from 'typeorm';
import { CDR_LIST, type CdrFilters, type CdrSort } from './typeorm-cdr-list';
import { CdrUnit, type BilledTransaction } from './typeorm-cdr-unit';
import type { TypeormHeldCdrs } from './typeorm-held-cdrs';

/** CDRs: added, never changed. */
export class TypeormCdrs {
  private readonly listed: TypeormList<{ body: Cdr }, CdrFilters, CdrSort>;
  private readonly stations;

  constructor(
    private readonly dataSource: DataSource,
    private readonly parts: { outbox: Outbox; held: TypeormHeldCdrs },
    metrics: Metrics,
  ) {
    this.listed = new TypeormList(dataSource, CDR_LIST);
    this.stations = new StationTransactions(dataSource, { metrics, work: 'cdrs', ofOneTenant: true }); // its order of issue is a lock
  }

  /** The CDRs of one station change one at a time, each in one database transaction: commits come in the order of outbox ids. The work may be done again. */
  locked<T>(ref: BilledTransaction, work: (unit: CdrUnit) => Promise<T>): Promise<T> {
    return this.stations.run(ref, (manager) => work(new CdrUnit(manager, ref, this.parts)));
  }

  /** Issued or held. */
  async find(tenant: string, id: string): Promise<Cdr | null> {
    const rows: { body: Cdr }[] = await this.dataSource.query('SELECT body FROM cdr.cdrs WHERE tenant = $1 AND id = $2', [tenant, id]);
    return rows[0]?.body ?? this.parts.held.find(tenant, id);
  }

  /** The CDRs of a tenant. */
  list(tenant: string): ListSource<Cdr, CdrFilters, CdrSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(({ body }) => body));
  }
}
