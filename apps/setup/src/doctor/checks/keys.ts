import type { DatabaseInspection, SealedCounts } from '@voltbus/database';
import { encryptionKeys, hasEncryptionKey, peppers, type Settings } from '@voltbus/runtime';
import { failure, ok, skipped, warning, type Finding } from '../finding';
import type { ServiceSchema } from '../../schemas';

/** The only schema with hashes under the pepper. */
const HASHING_SCHEMA = 'device_config';
const HOW = 'docs/how-to/rotate-keys.md';

/** Under which keys the stored secrets are: whether one of before can be removed, and whether one is missing. */
export async function examineKeys(database: DatabaseInspection, settings: Settings, schemas: readonly ServiceSchema[]): Promise<Finding[]> {
  if (!hasEncryptionKey(settings))
    return [
      skipped(
        'keys',
        'no encryption key is given',
        'give VOLTBUS_ENCRYPTION_KEY or VOLTBUS_KEY_PEPPER to have the stored secrets examined',
      ),
    ];
  const keys = encryptionKeys(settings);
  const findings: Finding[] = [];
  for (const { schema, migrations, declared } of schemas) {
    if (declared.tables.every(({ sealed = [], passing = [] }) => sealed.length + passing.length === 0)) continue;
    const { missing } = await database.schema(schema, migrations);
    if (missing?.length !== 0) continue;
    findings.push(...encryptionFindings(schema, await database.sealed(declared, keys)));
    if (schema === HASHING_SCHEMA) findings.push(...(await pepperFindings(database, settings)));
  }
  return findings;
}

function encryptionFindings(schema: string, { current, previous, next, unreadable }: SealedCounts): Finding[] {
  const lost =
    unreadable === 0
      ? []
      : [
          failure(
            'keys.encryption',
            `${unreadable} secrets of ${schema} are under a key that is not set, or were changed`,
            `set the key that is missing as VOLTBUS_ENCRYPTION_KEY_PREVIOUS (${HOW})`,
          ),
        ];
  if (previous > 0)
    return [
      ...lost,
      warning(
        'keys.encryption',
        `${previous} secrets of ${schema} are still under a previous key`,
        `keep the previous key: they are encrypted anew in the background, or go by themselves (${HOW})`,
      ),
    ];
  const coming = next === 0 ? '' : `, ${next} under the next one`;
  return lost.length > 0 ? lost : [ok('keys.encryption', `${current} secrets of ${schema} are under the current key${coming}`)];
}

/** Nothing where no pepper is replaced: hashes do not name theirs then. */
async function pepperFindings(database: DatabaseInspection, settings: Settings): Promise<Finding[]> {
  const { named, all } = peppers(settings);
  const [current] = all;
  if (!named || current === undefined) return [];
  const [apiKeys] = await database.rows<{ left: number }>(API_KEYS_LEFT, [current.id]);
  const [stations] = await database.rows<{ left: number }>(STATIONS_LEFT, [`${current.id.toString('hex')}.%`]);
  const left = `${apiKeys?.left ?? 0} API keys and the passwords of ${stations?.left ?? 0} stations`;
  if ((apiKeys?.left ?? 0) + (stations?.left ?? 0) === 0)
    return [ok('keys.pepper', 'every API key and password is hashed with the current pepper')];
  const remedy = `keep VOLTBUS_KEY_PEPPER_PREVIOUS until they were used, or replace them (${HOW})`;
  return [warning('keys.pepper', `${left} are not hashed with the current pepper yet`, remedy)];
}

/** Those that are still accepted. */
const API_KEYS_LEFT = `
SELECT count(*)::integer AS "left" FROM device_config.api_keys
WHERE (expires_at IS NULL OR expires_at > now())
  AND (substring(hash FOR 8) <> $1 OR length(hash) <> 40 OR (previous_ends_at > now() AND substring(previous_hash FOR 8) <> $1))`;
const STATIONS_LEFT = `
SELECT count(*)::integer AS "left" FROM device_config.stations
WHERE cardinality(key_hashes) > 0 AND NOT EXISTS (SELECT FROM unnest(key_hashes) AS hash WHERE hash LIKE $1)`;
