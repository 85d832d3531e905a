import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { endAndRestart } from '@voltbus/soak';
import type { Stack } from '@voltbus/stack';
import type { Fault } from './fault';

const AWAY_MS = 30_000;
const HELD_MS = 20_000;
/** More than any server here allows. */
const MOST_CONNECTIONS = 1_000;
const LOCKERS = 4;
const LOCKED_ROWS = 20;

export const POSTGRES_FAULTS: readonly Fault[] = [
  {
    name: 'postgres-away',
    about: `Postgres is killed and away for ${AWAY_MS / 1_000} s`,
    inject: ({ stack }) => endAndRestart(stack, 'postgres', 'SIGKILL', AWAY_MS),
  },
  {
    name: 'postgres-connections',
    about: `every session of the services is ended, and others hold all connections for ${HELD_MS / 1_000} s`,
    inject: ({ stack, log }) => exhausted(stack, log),
  },
  {
    name: 'postgres-deadlocks',
    about: `${LOCKERS} sessions lock rows of transactions and stations in random order for ${HELD_MS / 1_000} s`,
    inject: async ({ stack, log }) => {
      const deadlocks = await Promise.all(Array.from({ length: LOCKERS }, () => lockAtRandom(stack)));
      log(`${deadlocks.reduce((sum, count) => sum + count, 0)} deadlocks of the fault's own sessions`);
    },
  },
  {
    name: 'postgres-read-only',
    about: `Postgres refuses writes for ${HELD_MS / 1_000} s, as a server that has become a replica`,
    inject: ({ stack }) => readOnly(stack),
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
async function lockAtRandom(stack: Stack): Promise<number> {
  const client = await connected(stack);
  let deadlocks = 0;
  try {
    for (const end = Date.now() + HELD_MS; Date.now() < end;)
      try {
        await client.query('BEGIN');
        for (const table of ['device_config.stations', 'transactions.transactions', 'router.commands'].sort(() => Math.random() - 0.5))
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

async function readOnly(stack: Stack): Promise<void> {
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
  await set('on');
  await pause(HELD_MS);
  await set('off');
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
