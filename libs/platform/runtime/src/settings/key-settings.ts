import { Keyring } from '@voltbus/contracts';
import { secret } from './setting-forms';

/** The secrets of the installation, each with the one before it and the one to come (docs/how-to/rotate-keys.md). */
export const keySettings = {
  ADMIN_KEY: secret.optional().describe("First administrator's API key, 32 characters or more"),
  ADMIN_KEY_PREVIOUS: secret
    .optional()
    .describe("The administrator's API key before, which is accepted beside VOLTBUS_ADMIN_KEY until this setting is removed"),
  KEY_PEPPER: secret
    .optional()
    .describe(
      "Pepper of the hashes of stations' passwords and of API keys, 32 characters or more, the same in every process; changed without VOLTBUS_KEY_PEPPER_PREVIOUS, they are all void. It also encrypts the stored secrets where VOLTBUS_ENCRYPTION_KEY is absent",
    ),
  KEY_PEPPER_PREVIOUS: secret
    .optional()
    .describe(
      'The pepper before: hashes that were made with it are accepted, and made anew with VOLTBUS_KEY_PEPPER when their API key or password is used',
    ),
  KEY_PEPPER_NEXT: secret
    .optional()
    .describe('The pepper to come, accepted and not used yet: set in every process before one of them has it as VOLTBUS_KEY_PEPPER'),
  ENCRYPTION_KEY: secret
    .optional()
    .describe(
      'Encrypts the secrets that are stored or sent to gateways, 32 characters or more, the same in every process; absent: the pepper does',
    ),
  ENCRYPTION_KEY_PREVIOUS: secret
    .optional()
    .describe(
      'The encryption key before: what is under it can be read, and is encrypted anew under VOLTBUS_ENCRYPTION_KEY in the background',
    ),
  ENCRYPTION_KEY_NEXT: secret
    .optional()
    .describe(
      'The encryption key to come: what is under it can be read. Set in every process before one of them has it as VOLTBUS_ENCRYPTION_KEY',
    ),
};

/** What `encryptionKeys` and `peppers` read. */
export type KeySettings = { KEY_PEPPER: string } & {
  [Name in 'KEY_PEPPER_PREVIOUS' | 'KEY_PEPPER_NEXT' | 'ENCRYPTION_KEY' | 'ENCRYPTION_KEY_PREVIOUS' | 'ENCRYPTION_KEY_NEXT']?:
    string | undefined;
};

/**
 * The keys of encrypted values. Without an encryption key the pepper is it, and once there is one, what the peppers have encrypted can still be read and is
 * encrypted anew.
 */
export function encryptionKeys(settings: KeySettings): Keyring {
  const { ENCRYPTION_KEY: key, ENCRYPTION_KEY_PREVIOUS: before, ENCRYPTION_KEY_NEXT: next } = settings;
  const { KEY_PEPPER: pepper, KEY_PEPPER_PREVIOUS: pepperBefore, KEY_PEPPER_NEXT: pepperNext } = settings;
  const given = (...secrets: (string | undefined)[]) => secrets.filter((one): one is string => one !== undefined && one !== '');
  const named = given(key, before, next, pepperBefore, pepperNext).length > 0;
  const previous = given(before, key === undefined ? undefined : pepper, pepperBefore);
  return new Keyring({ current: key ?? pepper, previous, next: given(next, pepperNext), named });
}

/** Whether this process has a key at all: those that neither hash nor encrypt need none. */
export function hasEncryptionKey({ ENCRYPTION_KEY: key = '', KEY_PEPPER: pepper }: KeySettings): boolean {
  return key !== '' || pepper !== '';
}

/** The peppers of hashes. */
export function peppers(settings: KeySettings): Keyring {
  const { KEY_PEPPER: current, KEY_PEPPER_PREVIOUS: before, KEY_PEPPER_NEXT: next } = settings;
  const [previous, coming] = [before, next].map((one) => (one === undefined ? [] : [one]));
  return new Keyring({ current, previous: previous ?? [], next: coming ?? [], named: before !== undefined || next !== undefined });
}
