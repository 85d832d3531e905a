import {
  ERASURE_WATCH_DAYS,
  TypeormList,
  among,
  before,
  lockNamed,
  notBefore,
  type ListDefinition,
  type ListSource,
  type Outbox,
  type OutboxEvent,
} from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { tokenIdentity } from '../authorization';

/** A token that is erased. */
export interface Erasure {
  id: string;
  idToken: string;
  pseudonym: string;
  requestedAt: Date;
  /** Until then it is looked for, and then forgotten. */
  endsAt: Date;
}

const DAY_MS = 86_400_000;
const MEMBERS = `id, id_token AS "idToken", pseudonym, requested_at AS "requestedAt", ends_at AS "endsAt"`;

interface ErasureFilters {
  idToken?: string[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
}
type ErasureSort = 'requestedAt';

const ERASURE_LIST: ListDefinition<ErasureFilters, ErasureSort> = {
  columns: MEMBERS,
  from: 'transactions.token_erasures',
  owner: 'tenant',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: { requestedAt: [{ sql: 'requested_at', type: 'timestamptz' }] },
  filters: {
    idToken: (idTokens, bind) => among('upper(id_token)')(idTokens.map(tokenIdentity), bind),
    from: notBefore('requested_at'),
    to: before('requested_at'),
  },
};

/** Erasures, as the service that is asked for them stores them. */
export class TypeormPersonalData {
  private readonly listed: TypeormList<Erasure, ErasureFilters, ErasureSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, ERASURE_LIST);
  }

  list(tenant: string): ListSource<Erasure, ErasureFilters, ErasureSort> {
    return this.listed.of(tenant);
  }

  /** Nobody else erases the token meanwhile. */
  begin(tenant: string, token: string, work: (unit: ErasureUnit) => Promise<Erasure>): Promise<Erasure> {
    return this.dataSource.transaction(async (manager) => {
      await lockNamed(manager, `erasure of ${tenant}/${token}`);
      return work(new ErasureUnit(manager, tenant, token));
    });
  }

  async find(tenant: string, id: string): Promise<Erasure | null> {
    const rows: Erasure[] = await this.dataSource.query(
      `SELECT ${MEMBERS} FROM transactions.token_erasures WHERE tenant = $1 AND id = $2`,
      [tenant, id],
    );
    return rows[0] ?? null;
  }
}

/** The erasure of one token within its database transaction. */
class ErasureUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly tenant: string,
    private readonly token: string,
  ) {}

  async find(): Promise<Erasure | null> {
    const rows: Erasure[] = await this.manager.query(
      `SELECT ${MEMBERS} FROM transactions.token_erasures WHERE tenant = $1 AND upper(id_token) = $2`,
      [this.tenant, this.token],
    );
    return rows[0] ?? null;
  }

  async typeOf(): Promise<string | null> {
    const rows: { type: string }[] = await this.manager.query(
      `SELECT type FROM transactions.tokens WHERE tenant = $1 AND token = $2
       UNION ALL SELECT type FROM transactions.removed_tokens WHERE tenant = $1 AND token = $2 LIMIT 1`,
      [this.tenant, this.token],
    );
    return rows[0]?.type ?? null;
  }

  /** At which it charged, or was to: the last ones first. */
  async stations(most: number): Promise<string[]> {
    const rows: { station: string }[] = await this.manager.query(
      `SELECT station FROM (SELECT station, started_at AS at FROM transactions.transactions WHERE tenant = $1 AND token = $2
         UNION ALL SELECT station, created_at FROM transactions.reservations WHERE tenant = $1 AND token = $2) AS used
       GROUP BY station ORDER BY max(at) DESC LIMIT $3`,
      [this.tenant, this.token, most],
    );
    return rows.map(({ station }) => station);
  }

  add(outbox: Outbox, events: readonly OutboxEvent[]): Promise<void> {
    return outbox.add(this.manager, events);
  }

  async insert({ id, idToken, pseudonym, requestedAt }: Omit<Erasure, 'endsAt'>): Promise<Erasure> {
    const endsAt = new Date(requestedAt.getTime() + ERASURE_WATCH_DAYS * DAY_MS);
    await this.manager.query(
      `INSERT INTO transactions.token_erasures (id, tenant, id_token, pseudonym, requested_at, next_at, ends_at) VALUES ($1, $2, $3, $4, $5, $5, $6)`,
      [id, this.tenant, idToken, pseudonym, requestedAt, endsAt],
    );
    return { id, idToken, pseudonym, requestedAt, endsAt };
  }
}
