import { Client } from 'pg';
import { endAndRestart } from '@voltbus/soak';
import type { Stack } from '@voltbus/stack';
import type { Random } from '@voltbus/virtual-station';
import { shuffled } from '../shuffled';
import type { Fault, Scene } from './fault';

const AWAY_MS = 30_000;
const HELD_MS = 20_000;
/** More than any server here allows. */
const MOST_CONNECTIONS = 1_000;
const LOCKERS = 4;
const LOCKED_ROWS = 20;
const LOCKED_TABLES = ['device_config.stations', 'transactions.transactions', 'router.commands'];

export const POSTGRES_FAULTS: readonly Fault[] = [
  {
    name: 'postgres-away',
    about: `Postgres is killed and away for ${AWAY_MS / 1_000} s`,
    inject: ({ stack, pause }) => endAndRestart(stack, 'postgres', 'SIGKILL', () => pause(AWAY_MS)),
  },
  {
    name: 'postgres-connections',
    about: `every session of the services is ended, and others hold all connections for ${HELD_MS / 1_000} s`,
    inject: ({ stack, log }) => exhausted(stack, log),
  },
  {
    name: 'postgres-deadlocks',
    about: `${LOCKERS} sessions lock rows of transactions and stations in random order for ${HELD_MS / 1_000} s`,
    inject: async ({ stack, random, log }) => {
      const lockers = Array.from({ length: LOCKERS }, (_, nth) => lockAtRandom(stack, random.fork(`locker ${nth}`)));
      const deadlocks = await Promise.all(lockers);
      log(`${deadlocks.reduce((sum, count) => sum + count, 0)} deadlocks of the fault's own sessions`);
    },
  },
  {
    name: 'postgres-read-only',
    about: `Postgres refuses writes for ${HELD_MS / 1_000} s, as a server that has become a replica`,
    inject: readOnly,
  },
];

async function exhausted(stack: Stack, log: (text: string) => void): Promise<void> {
  const held: Client[] = [];
  try {
    const first = await connected(stack);
    held.push(first);
    const end = Date.now() + HELD_MS;
    while (Date.now() < end) {
      // a service that took a connection meanwhile loses it again
      await first.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND NOT pid = ANY($1)', [
        held.map(pidOf),
      ]);
      while (held.length < MOST_CONNECTIONS) {
        const another = await connected(stack).catch(() => null);
        if (another === null) break;
        held.push(another);
      }
    }
    log(`${held.length} connections held`);
  } finally {
    await Promise.all(held.map((client) => client.end()));
  }
}

/** Takes locks until the time is over; returns how many deadlocks it was the victim of. */
async function lockAtRandom(stack: Stack, random: Random): Promise<number> {
  const client = await connected(stack);
  let deadlocks = 0;
  try {
    // the rows that Postgres draws follow from the seed and from what is stored by then
    await client.query('SELECT setseed($1)', [random.between(-1, 1)]);
    for (const end = Date.now() + HELD_MS; Date.now() < end;)
      try {
        await client.query('BEGIN');
        for (const table of shuffled(LOCKED_TABLES, random))
          await client.query(
            `SELECT 1 FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} ORDER BY random() LIMIT ${LOCKED_ROWS}) FOR UPDATE`,
          );
        await client.query('COMMIT');
      } catch (error) {
        if ((error as { code?: string }).code !== '40P01') throw error; // deadlock_detected
        deadlocks++;
        await client.query('ROLLBACK');
      }
  } finally {
    await client.end();
  }
  return deadlocks;
}

async function readOnly({ stack, pause }: Scene): Promise<void> {
  const set = async (to: 'on' | 'off'): Promise<void> => {
    const client = await connected(stack);
    try {
      await client.query('SET default_transaction_read_only = off');
      const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
      await client.query(`ALTER DATABASE ${client.escapeIdentifier(rows[0]?.name ?? '')} SET default_transaction_read_only = ${to}`);
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()');
    } finally {
      await client.end();
    }
  };
  try {
    await set('on');
    await pause(HELD_MS);
  } finally {
    await set('off');
  }
}

async function connected(stack: Stack): Promise<Client> {
  const client = new Client({ connectionString: stack.facts().postgres.url });
  client.on('error', () => undefined); // another fault's end
  await client.connect();
  return client;
}

/** The process of the server that serves the session. */
function pidOf(client: Client): number {
  return (client as Client & { processID: number }).processID; // pg has it, its types have not
}
