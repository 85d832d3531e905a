import { Query, type Connection, type QueryResult } from 'pg';
import { TENANT_ROLE, TENANT_SETTING } from './row-policies';

/** Of pg's connection: the messages of the extended protocol. */
interface Protocol {
  parse(statement: { text: string }): void;
  bind(portal: { values: readonly string[] }): void;
  execute(portal: { portal: string }): void;
  submittedNamedStatements: Record<string, string>;
}

/** The part of pg's Query that its types leave out. */
interface PgQuery {
  text: string;
  queryMode?: 'extended';
  callback: (error: Error | null, result: QueryResult) => void;
  prepare(connection: Protocol): void;
  handleDataRow(message: object): void;
  handleCommandComplete(message: object, connection: Protocol): void;
  handleError(error: Error, connection: Protocol): void;
}
const BaseQuery = Query as unknown as new (config: object, values?: unknown, callback?: unknown) => PgQuery;

/** `true`: until the end of the transaction, which a statement outside of one is by itself. */
const LIMIT = `SELECT set_config('role', '${TENANT_ROLE}', true), set_config('${TENANT_SETTING}', $1, true)`;
/** Statements that begin and end transactions read and write no rows. */
const CONTROLS = /^\s*(?:START|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET TRANSACTION)\b/i;

/** Whether a statement touches no table. */
export function controlsTransaction(statement: unknown): boolean {
  return typeof statement === 'string' && CONTROLS.test(statement);
}

/**
 * A statement that is limited to one tenant by what is sent before it, in the same package and in the same transaction: a pooler of transactions keeps both
 * together, there is no further way to the server, and where the limit fails, the server skips the statement.
 */
class TenantQuery extends BaseQuery {
  /** Until the server has answered to the limit. */
  declare private limiting: boolean;
  declare private ownName: string | undefined;

  constructor(
    private readonly tenant: string,
    [config, values]: readonly unknown[],
    done: (error: Error | null, result: QueryResult) => void,
  ) {
    super(typeof config === 'string' ? { text: config } : (config as object), values, done);
    this.queryMode = 'extended'; // one statement, sent with the limit
  }

  /** pg takes the statement for parsed, under its name, when the server answers to a parse: not to that of the limit. */
  get name(): string | undefined {
    return this.limiting ? undefined : this.ownName;
  }

  set name(name: string | undefined) {
    this.ownName = name;
  }

  override prepare(connection: Protocol): void {
    connection.parse({ text: LIMIT });
    connection.bind({ values: [this.tenant] });
    connection.execute({ portal: '' });
    super.prepare(connection);
    this.limiting = true;
  }

  override handleDataRow(message: object): void {
    if (!this.limiting) super.handleDataRow(message);
  }

  override handleCommandComplete(message: object, connection: Protocol): void {
    if (this.limiting) this.limiting = false;
    else super.handleCommandComplete(message, connection);
  }

  override handleError(error: Error, connection: Protocol): void {
    this.limiting = false;
    if (this.name !== undefined) delete connection.submittedNamedStatements[this.name]; // nothing was parsed
    super.handleError(error, connection);
  }
}

/** Sends a statement limited to a tenant, by the client's own way to send. */
export function queryOfTenant(
  tenant: string,
  sent: readonly unknown[],
  send: (query: { submit(connection: Connection): void }) => unknown,
): unknown {
  const [config] = sent;
  if (typeof config === 'object' && config !== null && 'submit' in config) throw new Error('a cursor cannot be limited to a tenant');
  if (typeof sent.at(-1) === 'function') throw new Error('a statement of a tenant is asked for with a promise');
  return new Promise<QueryResult>((resolve, reject) => {
    const query = new TenantQuery(tenant, sent, (error, result) => (error === null ? resolve(result) : reject(error)));
    send(query as unknown as { submit(connection: Connection): void });
  }).catch((error: Error) => {
    Error.captureStackTrace(error); // as pg does: where it was asked for, not where the answer was read
    throw error;
  });
}
