import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';

export interface FreshDatabase {
  /** Of a role that owns it and is no superuser. */
  url: string;
  /** Of the superuser. */
  superuserUrl: string;
  /** Gives it to another owner; its tables stay whose they are. */
  giveTo(owner: string): Promise<void>;
  /** Removes it, and ends every connection to it first. */
  drop(): Promise<void>;
}

/** Makes a new, empty database on the Postgres of all specs, which starts with the first of them (`jest.setup.ts`). */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { url: ownerUrl, adminUrl } = await testPostgres();
  const owner = new URL(ownerUrl).username;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(adminUrl, `CREATE DATABASE ${name} OWNER ${owner}`);
  return {
    url: ownerUrl.replace(/\/[^/]*$/, `/${name}`),
    superuserUrl: adminUrl.replace(/\/[^/]*$/, `/${name}`),
    giveTo: async (other) => {
      await administer(adminUrl, `ALTER DATABASE ${name} OWNER TO ${other}`);
      await administer(adminUrl, `GRANT CREATE ON DATABASE ${name} TO ${owner}`);
    },
    drop: () => administer(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function testPostgres(): Promise<{ url: string; adminUrl: string }> {
  const { VOLTBUS_TEST_POSTGRES_URL: url, VOLTBUS_TEST_POSTGRES_ADMIN_URL: adminUrl, VOLTBUS_TEST_POSTGRES_STARTER: starter } = process.env;
  if (url !== undefined && adminUrl !== undefined) return { url, adminUrl };
  if (starter === undefined) throw new Error('no Postgres for tests: run Jest with the configurations at the root');
  const [response] = (await once(get(starter, { agent: false }), 'response')) as [IncomingMessage];
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(`the Postgres for tests did not start: ${answer}`);
  return JSON.parse(answer) as { url: string; adminUrl: string }; // written by jest.setup.ts
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
