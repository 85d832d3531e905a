import { Keyring, SecretBox, storedKeyHash } from '@voltbus/contracts';
import { DatabaseInspection, openDatabase, type Database } from '@voltbus/database';
import { readSettings } from '@voltbus/runtime';
import { freshDatabase, type FreshDatabase } from '@voltbus/testing';
import { SCHEMAS } from '../../schemas';
import { examineKeys } from './keys';

const [PEPPER, NEW_PEPPER, KEY, STRANGE] = ['p', 'q', 'k', 's'].map((one) => one.repeat(32)) as [string, string, string, string];

let fresh: FreshDatabase;
let database: Database;
let inspection: DatabaseInspection;
beforeAll(async () => {
  fresh = await freshDatabase();
  const { schema, migrations } = SCHEMAS.find((one) => one.schema === 'device_config') ?? { schema: '', migrations: [] };
  database = await openDatabase({ url: fresh.url, schema, migrations, poolSize: 1 });
  inspection = await DatabaseInspection.connect(fresh.url, 'spec');
  await database.query(
    `INSERT INTO device_config.tenants (tenant, name, unknown_stations, unknown_tokens, min_security_profile, currency)
     VALUES ('default', '', 'refuse', 'refuse', 0, 'EUR') ON CONFLICT DO NOTHING`,
  );
});
afterAll(async () => {
  await inspection.close();
  await database.destroy();
  await fresh.drop();
});

async function examined(more: Record<string, string>): Promise<string[]> {
  const settings = readSettings({ VOLTBUS_KEY_PEPPER: PEPPER, ...more }, 'standalone', 'standalone');
  return (await examineKeys(inspection, settings, SCHEMAS)).map(({ check, severity, message }) => `${check} ${severity}: ${message}`);
}

async function addImage(image: string, key: string): Promise<void> {
  const sealedUrl = new SecretBox(Keyring.of(key), 'firmware-image-url').close('https://a:b@c', `default/${image}`).toString('base64');
  await database.query(`INSERT INTO device_config.firmware_images VALUES ('default', $1, $2, now())`, [
    image,
    JSON.stringify({ sealedUrl }),
  ]);
}

it('says under which keys the stored secrets and hashes are, in each step of a rotation', async () => {
  await addImage('one', PEPPER);
  const hash = storedKeyHash(PEPPER, { tenant: 'default', station: 'CS-1' }, Buffer.from('secret'));
  await database.query(`INSERT INTO device_config.stations (tenant, station, key_hashes) VALUES ('default', 'CS-1', $1)`, [[hash]]);
  expect(await examined({})).toEqual(['keys.encryption ok: 1 secrets of device_config are under the current key']);
  expect(await examined({ VOLTBUS_ENCRYPTION_KEY: KEY })).toEqual([
    'keys.encryption warning: 1 secrets of device_config are still under a previous key',
  ]);
  const replaced = { VOLTBUS_ENCRYPTION_KEY: KEY, VOLTBUS_KEY_PEPPER: NEW_PEPPER, VOLTBUS_KEY_PEPPER_PREVIOUS: PEPPER };
  expect(await examined(replaced)).toEqual([
    'keys.encryption warning: 1 secrets of device_config are still under a previous key',
    'keys.pepper warning: 0 API keys and the passwords of 1 stations are not hashed with the current pepper yet',
  ]);
  const after = storedKeyHash(
    new Keyring({ current: NEW_PEPPER, previous: [PEPPER], named: true }),
    { tenant: 'default', station: 'CS-1' },
    Buffer.from('secret'),
  );
  await database.query('UPDATE device_config.stations SET key_hashes = key_hashes || $1::text', [after]);
  expect((await examined(replaced)).at(-1)).toBe('keys.pepper ok: every API key and password is hashed with the current pepper');
});

it('says that a key is missing, before anything fails by it', async () => {
  await addImage('two', STRANGE);
  expect(await examined({})).toContain(
    'keys.encryption error: 1 secrets of device_config are under a key that is not set, or were changed',
  );
});
