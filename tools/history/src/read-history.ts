import { Client } from 'pg';
import { readTopic } from '@voltbus/bus';
import {
  CDRS,
  CDR_REVIEWS,
  COMMAND_RESULTS,
  CONNECTIONS,
  LANES,
  META_HEADER,
  TRANSACTIONS,
  parseStationKey,
  unpackUplink,
  type Cdr,
  type Command,
  type ConnectionEvent,
  type HeldCdr,
  type Topic,
  type Transaction,
} from '@voltbus/contracts';
import { kafkaAccessOfEnvironment } from '@voltbus/runtime';
import { recordedFrom, type Fleet, type History, type MessageConnection, type Recorded } from './history';

export interface HistorySources {
  /** Only the tenants of these fleets are judged. */
  fleets: readonly Fleet[];
  brokers: readonly string[];
  databaseUrl: string;
}

const CONNECTION_TYPES: readonly string[] = [CONNECTIONS.events.connected.type, CONNECTIONS.events.disconnected.type];

/** Reads a history from the topics, from their beginning, and from the database. Its `usage` is empty. */
export async function readHistory({ fleets, brokers, databaseUrl }: HistorySources): Promise<History> {
  const tenants = fleets.map(({ tenant }) => tenant);
  const events = async <T extends { tenant: string | null }>(topic: Topic): Promise<Recorded<T>[]> => {
    const access = kafkaAccessOfEnvironment(brokers.join(','));
    const recorded = (await readTopic([...brokers], topic.name, access)).map((record) => recordedFrom<T>(record));
    return recorded.filter(({ tenant, value }) => tenants.includes(tenant) || tenants.includes(value.tenant ?? ''));
  };
  return {
    fleets,
    connections: (await events<ConnectionEvent>(CONNECTIONS)).filter(({ type }) => CONNECTION_TYPES.includes(type)),
    messageConnections: (await readMessageConnections(brokers)).filter(({ tenant }) => tenants.includes(tenant)),
    transactions: await events<Transaction>(TRANSACTIONS),
    cdrs: await events<Cdr>(CDRS),
    heldCdrs: await events<HeldCdr>(CDR_REVIEWS),
    commandResults: await events<Command>(COMMAND_RESULTS),
    stored: await readStored(databaseUrl, tenants),
    usage: [],
  };
}

async function readMessageConnections(brokers: readonly string[]): Promise<MessageConnection[]> {
  const access = kafkaAccessOfEnvironment(brokers.join(','));
  const found = new Map<string, MessageConnection>();
  for (const lane of Object.values(LANES))
    for (const { key, headers } of await readTopic([...brokers], lane.name, access)) {
      const { inst: gateway, epoch } = unpackUplink(Buffer.from(headers[META_HEADER] ?? '')).returnTo;
      found.set(JSON.stringify([key, gateway, epoch]), { ...parseStationKey(key), gateway, epoch });
    }
  return [...found.values()];
}

type Row<K extends keyof History['stored']> = History['stored'][K][number];

async function readStored(databaseUrl: string, tenants: readonly string[]): Promise<History['stored']> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const rows = async <T extends object>(statement: string): Promise<T[]> => (await client.query<T>(statement, [tenants])).rows;
  try {
    return {
      readings: (
        await rows<Omit<Row<'readings'>, 'at'> & { at: Date }>(
          'SELECT tenant, station, at FROM transactions.readings WHERE tenant = ANY($1)',
        )
      ).map((row) => ({ ...row, at: row.at.toISOString() })),
      commands: await rows<Row<'commands'>>(
        'SELECT tenant, station, id, status, epoch::float8 AS epoch FROM router.commands WHERE tenant = ANY($1)',
      ),
      presence: await rows<Row<'presence'>>(
        'SELECT tenant, station, online, presence_epoch::float8 AS epoch FROM device_config.stations WHERE tenant = ANY($1)',
      ),
    };
  } finally {
    await client.end();
  }
}
