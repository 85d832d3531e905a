import { SEALED_SECRET_PREFIX } from '@voltbus/contracts';

/** How an encrypted value is written: as bytes, in Base64, or as a `SealedSecrets` value. */
type SealedForm = 'bytes' | 'base64' | 'station-secret';

/** A column, or a member of a jsonb column, that holds values of a `SecretBox`. */
export interface SealedColumn {
  column: string;
  /** Members of the jsonb column that lead to the value; absent: the column itself is it. */
  path?: readonly string[];
  form: SealedForm;
  /** The purpose of its `SecretBox`. */
  purpose: string;
  /** The columns of the primary key. */
  key: readonly string[];
  /** The owner that a value is closed for: what is selected for it, in SQL, and what is made of that. */
  owner: { select: string; of: (row: Readonly<Record<string, unknown>>) => string };
}

/** Encrypted values that are gone by themselves: they are counted, and not encrypted anew. */
export interface PassingSealed {
  /** The value, in SQL. */
  value: string;
  form: SealedForm;
  key: readonly string[];
  /** The purpose of its `SecretBox`. */
  purpose: string;
  /** Which rows have one, in SQL. */
  where: string;
  /** When they are gone. */
  goes: string;
}

/** The value in SQL; null: the row has none. */
export function valueSql({ column, path }: SealedColumn): string {
  return path === undefined ? column : `${column} #>> '{${path.join(',')}}'`;
}

export function bytesOf(form: SealedForm, value: unknown): Buffer {
  if (form === 'bytes') return value as Buffer; // a bytea column
  const text = String(value);
  return form === 'base64'
    ? Buffer.from(text, 'base64')
    : Buffer.from(text.startsWith(SEALED_SECRET_PREFIX) ? text.slice(SEALED_SECRET_PREFIX.length) : '', 'base64url');
}

export function writtenAs(form: SealedForm, sealed: Buffer): Buffer | string {
  if (form === 'bytes') return sealed;
  return form === 'base64' ? sealed.toString('base64') : SEALED_SECRET_PREFIX + sealed.toString('base64url');
}
