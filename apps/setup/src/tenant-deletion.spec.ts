import { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { NO_STATION, TENANTS } from '@voltbus/contracts';
import { Retention, type Database } from '@voltbus/database';
import { readSettings, retentionDays, type Settings } from '@voltbus/runtime';
import { Service, tablesOf } from '@voltbus/service';
import { deliverEvents, eventRecord } from '@voltbus/service/testing';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { SERVICES } from './schemas';

// What a deleted tenant leaves in any table of any service: written down here, apart from the declarations that the services work by.

const TENANT = 'leaving';

/** Tables from which every row of a deleted tenant goes, also one that is written while it is deleted, or later. */
const EMPTY = [
  'transactions.capabilities',
  'transactions.erased_entries',
  'transactions.local_lists',
  'transactions.qr_codes',
  'transactions.removed_tokens',
  'transactions.tenants',
  'transactions.token_revisions',
  'transactions.tokens',
  'webhooks.webhooks',
];

/** A foreign key removes a row with its owner, and refuses one without. */
const GUARDED = [
  'device_config.alert_rules',
  'device_config.alerts',
  'device_config.api_keys',
  'device_config.campaign_settings',
  'device_config.campaign_stations',
  'device_config.campaigns',
  'device_config.certificate_renewals',
  'device_config.certificate_reports',
  'device_config.certificate_requests',
  'device_config.certificates',
  'device_config.configuration_attempts',
  'device_config.configuration_profiles',
  'device_config.configuration_revisions',
  'device_config.connector_problems',
  'device_config.connectors',
  'device_config.customer_information',
  'device_config.device_events',
  'device_config.device_reports',
  'device_config.display_messages',
  'device_config.display_reports',
  'device_config.event_stream_values',
  'device_config.event_streams',
  'device_config.evse_ids',
  'device_config.firmware_images',
  'device_config.imports',
  'device_config.installed_certificates',
  'device_config.monitoring',
  'device_config.monitors',
  'device_config.password_campaign_stations',
  'device_config.password_campaigns',
  'device_config.password_rotations',
  'device_config.security_profile_upgrades',
  'device_config.auth_sessions',
  'device_config.station_configurations',
  'device_config.station_requests',
  'device_config.stations',
  'device_config.status_history',
  'device_config.take_overs',
  'device_config.uptime_exclusions',
  'device_config.variable_changes',
  'device_config.variables',
  'device_config.wanted_availability',
  'webhooks.deliveries',
  'webhooks.queues',
];

/** Rows of these go by their age, whatever becomes of the tenant. */
const BY_AGE = [
  'cdr.cdrs',
  'cdr.reviews',
  'cdr.token_erasures',
  'device_config.audit_log',
  'device_config.evictions',
  'device_config.firmware_files', // within minutes, after its file
  'device_config.frames',
  'device_config.idempotency_keys',
  'device_config.log_files', // within minutes, after its file
  'device_config.messages',
  'device_config.refused_connections',
  'device_config.security_events',
  'device_config.token_erasures',
  'device_config.variable_requests',
  'router.commands',
  'router.dead_letters',
  'router.token_erasures',
  'transactions.connector_states',
  'transactions.events',
  'transactions.limits',
  'transactions.matched_stops',
  'transactions.notices',
  'transactions.operator_actions',
  'transactions.presence',
  'transactions.readings',
  'transactions.remote_starts',
  'transactions.remote_stops',
  'transactions.reservations',
  'transactions.settlements',
  'transactions.token_erasures',
  'transactions.token_groups',
  'transactions.transactions',
  'webhooks.token_erasures',
];

/** What bills rest on, and the names that are never given again. */
const FOR_EVER = [
  'cdr.review_policies',
  'cdr.station_descriptions',
  'cdr.station_groups',
  'cdr.tariff_assignments',
  'cdr.tariffs',
  'cdr.terms',
  'device_config.audit_chains',
  'device_config.deleted_tenants',
  'device_config.quirk_profiles',
  'transactions.deleted_tenants',
  'transactions.prices',
  'transactions.station_groups',
  'transactions.terms',
  'webhooks.deleted_tenants',
];

let services: Service[];
let database: Database;
let settings: Settings;
let close: () => Promise<void>;

beforeAll(async () => {
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const secrets = { VOLTBUS_DATABASE_URL: url, VOLTBUS_ADMIN_KEY: 'k'.repeat(40), VOLTBUS_KEY_PEPPER: 'p'.repeat(40) };
  settings = readSettings({ ...secrets, VOLTBUS_DATABASE_POOL: '4' }, 'standalone', 'standalone');
  const commands = { sendCommand: () => Promise.reject(new Error('no router here')) };
  const parts = { settings, bus, connections: new MemoryConnections(), logger: silentLogger, metrics: testMetrics(), commands };
  services = [];
  for (const definition of SERVICES) services.push(await Service.open(definition, parts));
  database = serviceOf('transaction').database;
  close = async () => {
    for (const service of services) await service.database.destroy();
    await bus.close();
    await drop();
  };
});
afterAll(() => close?.());

function serviceOf(name: string): Service {
  const service = services.find(({ definition }) => definition.name === name);
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

/** Every table that says whose a row is, in the schemas of all services. */
async function tablesOfTenants(): Promise<string[]> {
  const rows = await database.query<{ name: string }[]>(
    `SELECT c.table_schema || '.' || c.table_name AS name FROM information_schema.columns c
     JOIN pg_class k ON k.oid = format('%I.%I', c.table_schema, c.table_name)::regclass AND NOT k.relispartition AND k.relkind IN ('r', 'p')
     WHERE c.column_name = 'tenant' AND c.table_schema = ANY ($1)`,
    [SERVICES.map(({ schema }) => schema)],
  );
  return rows.map(({ name }) => name).sort();
}

/** A value of a column's type; each text is another, for the keys. */
function valueOf(type: string, nth: number): unknown {
  if (type.endsWith('[]')) return [];
  if (type === 'text') return `x${nth}`;
  if (type === 'jsonb') return '{}';
  if (type === 'bytea') return Buffer.from([0]);
  if (type === 'boolean') return false;
  if (type.startsWith('timestamp')) return new Date();
  if (type === 'uuid') return `00000000-0000-4000-8000-${String(nth).padStart(12, '0')}`;
  return nth;
}

let planted = 0;

/** Writes a row of the tenant, with something in every column that must have it; of some tables a tenant has one row. */
async function plant(table: string, tenant = TENANT, by: Pick<Database, 'query'> = database): Promise<void> {
  const columns = await database.query<{ name: string; type: string }[]>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef AND attidentity = ''`,
    [table],
  );
  planted += 1;
  const values = columns.map(({ name, type }) => (name === 'tenant' ? tenant : valueOf(type, planted)));
  const places = columns.map((_column, index) => `$${index + 1}`);
  await by.query(
    `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) VALUES (${places.join(', ')}) ON CONFLICT DO NOTHING`,
    values,
  );
}

/** The tables of these that still have a row of the tenant. */
async function filled(tables: readonly string[], tenant = TENANT): Promise<string[]> {
  const counts = await Promise.all(
    tables.map((table) => database.query<unknown[]>(`SELECT FROM ${table} WHERE tenant = $1 LIMIT 1`, [tenant])),
  );
  return tables.filter((_table, index) => (counts[index]?.length ?? 0) > 0);
}

async function deleteTenant(): Promise<void> {
  await database.query('INSERT INTO device_config.deleted_tenants (tenant, deleted_at) VALUES ($1, now()) ON CONFLICT DO NOTHING', [
    TENANT,
  ]);
  const deleted = TENANTS.events.deleted;
  const record = eventRecord(deleted, { tenant: TENANT }, { tenant: TENANT, station: NO_STATION });
  for (const service of services) await deliverEvents(service, deleted, [record]);
}

/** What every service does once a minute. */
async function removeLeftovers(): Promise<void> {
  for (const service of services) {
    const { definition, database: dataSource } = service;
    await new Retention({ dataSource, declared: tablesOf(definition), days: retentionDays(settings), metrics: testMetrics() }).run();
    for (const block of definition.blocks)
      for (const job of block.jobs?.(service.use(block)) ?? []) if (job.name.startsWith('removal of')) await job.run();
  }
}

it('says of every table with a tenant what the deletion of the tenant leaves in it', async () => {
  expect(await tablesOfTenants()).toEqual([...EMPTY, ...GUARDED, ...BY_AGE, ...FOR_EVER, 'device_config.tenants'].sort());
});

it('leaves nothing that was written before the deletion, while it went on, or later', async () => {
  for (const table of EMPTY) await plant(table);
  for (const table of EMPTY) await plant(table, 'staying');
  expect(await filled(EMPTY)).toEqual(EMPTY);
  const open = database.createQueryRunner();
  await open.startTransaction();
  for (const table of EMPTY) await plant(table, TENANT, open.manager);
  await deleteTenant();
  await open.commitTransaction();
  await open.release();
  for (const table of EMPTY) await plant(table);
  expect(await filled(EMPTY)).toEqual(EMPTY);
  await removeLeftovers();
  expect(await filled(EMPTY)).toEqual([]);
  expect(await filled(EMPTY, 'staying')).toEqual(EMPTY);
});

it.each(GUARDED)('cannot have a row in %s, whose owner is gone', async (table) => {
  await expect(plant(table)).rejects.toThrow(/violates foreign key constraint/);
});
