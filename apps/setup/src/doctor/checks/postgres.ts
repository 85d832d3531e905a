import { DatabaseInspection, type InspectedSchema } from '@voltbus/database';
import type { Settings } from '@voltbus/runtime';
import { attempt, failure, ok, reasonOf, skipped, warning, type Finding } from '../finding';
import { CONNECTIONS_WARNING_SHARE, OLDEST, OUTBOX_ERROR_SECONDS, OUTBOX_WARNING_SECONDS } from '../limits';
import type { ServiceSchema } from '../../schemas';
import { validity } from './certificates';
import { examineClock } from './clock';
import { examineKeys } from './keys';

const SET_UP = 'run the set-up: `node apps/setup/dist/main.js`';

export async function examinePostgres(settings: Settings, schemas: readonly ServiceSchema[], now: number): Promise<Finding[]> {
  const { DATABASE_URL: url } = settings;
  if (url === '') return [skipped('postgres', 'VOLTBUS_DATABASE_URL is not given', 'give it to have Postgres examined')];
  const database = await DatabaseInspection.connect(url, 'voltbus-doctor').catch(reasonOf);
  if (typeof database === 'string') return [failure('postgres', database, 'start Postgres, or mend VOLTBUS_DATABASE_URL')];
  try {
    return [
      ...(await attempt('postgres', 'see the log of Postgres', () => server(database, now))),
      ...(await attempt('postgres.pooler', 'see the log of Postgres and of what is before it', () => pooler(database))),
      ...(await attempt('postgres.schemas', 'grant SELECT on the schemas to the user of the doctor', () => tables(database, schemas))),
      ...(await attempt('postgres.row-security', 'run the doctor as the user of the processes', () =>
        rowSecurity(database, settings, schemas),
      )),
      ...(await attempt('keys', 'grant SELECT on the schemas to the user of the doctor', () => examineKeys(database, settings, schemas))),
    ];
  } finally {
    await database.close();
  }
}

async function server(database: DatabaseInspection, now: number): Promise<Finding[]> {
  const { version, clockAheadMs, readOnly, connections, certificate } = await database.server();
  const { used, most } = connections;
  const share = `${used} of ${most} connections are open`;
  return [
    Number.parseInt(version, 10) < OLDEST.postgres
      ? warning('postgres.version', `it is Postgres ${version}`, `Postgres ${OLDEST.postgres} or later is supported: update it`)
      : ok('postgres.version', `it is Postgres ${version}`),
    ...(readOnly ? [failure('postgres.role', 'it is a standby, which takes no writes', 'name the primary in VOLTBUS_DATABASE_URL')] : []),
    used > most * CONNECTIONS_WARNING_SHARE
      ? warning('postgres.connections', share, 'raise max_connections, lower VOLTBUS_DATABASE_POOL, or put a PgBouncer before it')
      : ok('postgres.connections', share),
    examineClock('postgres.clock', 'Postgres', clockAheadMs),
    ...(certificate === null ? [] : [validity('postgres.certificate', 'Postgres', certificate, now)]),
  ];
}

const POOLER_HOW = 'docs/how-to/deploy-to-kubernetes.md, "PgBouncer"';

export async function pooler(database: Pick<DatabaseInspection, 'lostByPooler'>): Promise<Finding[]> {
  const lost = await database.lostByPooler();
  if (lost === null) return [ok('postgres.pooler', 'a connection keeps what is set and prepared in it')];
  const pools = 'a pooler before it gives each transaction another connection';
  const findings = [
    ...(lost.prepared
      ? [
          failure(
            'postgres.pooler',
            `${pools}: prepared statements get lost`,
            `PgBouncer 1.21 or later with max_prepared_statements, or pool_mode = session (${POOLER_HOW})`,
          ),
        ]
      : []),
    ...(lost.limits
      ? [
          failure(
            'postgres.pooler',
            `${pools}: limits of time get lost`,
            `give the role statement_timeout and idle_in_transaction_session_timeout, or pool_mode = session (${POOLER_HOW})`,
          ),
        ]
      : []),
  ];
  return findings.length > 0 ? findings : [ok('postgres.pooler', `${pools}, and nothing gets lost`)];
}

async function tables(database: DatabaseInspection, schemas: readonly ServiceSchema[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { schema, migrations } of schemas) {
    const inspected = await database.schema(schema, migrations);
    findings.push(migrationFinding(inspected), ...outboxFindings(inspected));
  }
  const { open, lastDay } = await database.deadLetters();
  findings.push(
    open === 0
      ? ok('dead-letters', 'no dead letter waits to be looked after')
      : warning('dead-letters', `${open} dead letters wait, ${lastDay} of them of the last day`, 'docs/how-to/look-after-dead-letters.md'),
  );
  return findings;
}

const LIMIT_HOW = 'docs/how-to/secure-connections.md, "Rows of a tenant"';

/** Whether the database limits requests to the rows of their tenant: the second line behind the checks of the API. */
export async function rowSecurity(
  database: Pick<DatabaseInspection, 'rowSecurityTrouble'>,
  { ROW_SECURITY: wanted }: Pick<Settings, 'ROW_SECURITY'>,
  schemas: readonly Pick<ServiceSchema, 'schema' | 'rowConditions'>[],
): Promise<Finding[]> {
  const check = 'postgres.row-security';
  const open = 'the database does not limit requests to the rows of their tenant';
  if (wanted === 'off') return [warning(check, `${open}: VOLTBUS_ROW_SECURITY is off`, LIMIT_HOW)];
  const troubles = new Set<string>();
  for (const { schema, rowConditions: conditions } of schemas)
    troubles.add((await database.rowSecurityTrouble({ schema, conditions })) ?? '');
  troubles.delete('');
  if (troubles.size === 0) return [ok(check, 'the database limits requests to the rows of their tenant')];
  const found = wanted === 'required' ? failure : warning;
  return [...troubles].map((trouble) => found(check, `${open}: ${trouble}`, LIMIT_HOW));
}

function migrationFinding({ schema, missing, unknown }: InspectedSchema): Finding {
  if (missing === null) return failure('postgres.migrations', `the schema ${schema} is not there`, SET_UP);
  if (missing.length > 0) return failure('postgres.migrations', `the schema ${schema} lacks ${missing.join(', ')}`, SET_UP);
  if (unknown.length > 0)
    return warning(
      'postgres.migrations',
      `the schema ${schema} has ${unknown.join(', ')}, which this version does not know`,
      'a newer version has been here: finish its update, or leave it so until the rollback is over',
    );
  return ok('postgres.migrations', `the schema ${schema} is up to date`);
}

function outboxFindings({ schema, outbox }: InspectedSchema): Finding[] {
  if (outbox === null) return [];
  const { pending, refused, oldestSeconds } = outbox;
  const age = `${pending} events of ${schema} wait to be published, the oldest for ${Math.round(oldestSeconds)} s`;
  const remedy = `see the log of the service ${schema} and whether Kafka takes records`;
  const put =
    refused === 0
      ? []
      : [
          warning(
            'outbox.refused',
            `${refused} events of ${schema} were refused by Kafka for good`,
            'docs/how-to/look-after-dead-letters.md',
          ),
        ];
  if (oldestSeconds >= OUTBOX_ERROR_SECONDS) return [failure('outbox', age, remedy), ...put];
  if (oldestSeconds >= OUTBOX_WARNING_SECONDS) return [warning('outbox', age, remedy), ...put];
  return [ok('outbox', `no event of ${schema} waits for long`), ...put];
}
