import type { DatabaseInspection, SealedCounts } from '@voltbus/database';
import { encryptionKeys, hasEncryptionKey, type Settings } from '@voltbus/runtime';
import { failure, ok, skipped, warning, type Finding } from '../finding';
import type { ServiceSchema } from '../../schemas';

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
    if (missing?.length === 0) findings.push(...encryptionFindings(schema, await database.sealed(declared, keys)));
  }
  return findings;
}

export function encryptionFindings(schema: string, { current, previous, next, unreadable }: SealedCounts): Finding[] {
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
