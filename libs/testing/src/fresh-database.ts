import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

export interface FreshDatabase {
  /** For a role that owns it and is no superuser. */
  url: string;
  /** Ends every connection to it. */
  drop(): Promise<void>;
}

/** A new, empty database on the Postgres that Jest's global setup started (`jest.setup.ts`). */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { VOLTBUS_TEST_POSTGRES_ADMIN_URL: adminUrl, VOLTBUS_TEST_POSTGRES_URL: ownerUrl } = process.env;
  if (adminUrl === undefined || ownerUrl === undefined)
    throw new Error('no Postgres for tests: run Jest with the configurations at the root');
  const owner = new URL(ownerUrl).username;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(adminUrl, `CREATE DATABASE ${name} OWNER ${owner}`);
  return {
    url: ownerUrl.replace(/\/[^/]*$/, `/${name}`),
    drop: () => administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
