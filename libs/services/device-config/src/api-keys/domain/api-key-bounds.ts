import { CsmsError, invalidAt } from '@voltbus/contracts';
import { isWithin } from '@voltbus/runtime';
import { expired } from './api-key';

/** What a key passes on to those that it makes: they end no later, and may be used from no other addresses. */
export interface KeyBounds {
  expiresAt: Date | null;
  /** Null: everywhere. */
  allowedAddresses: string[] | null;
}

interface NamedKey extends KeyBounds {
  name: string;
}

/** Changes of a key; what is left out stays. */
export type ApiKeyChanges = { [Name in keyof NamedKey]?: NamedKey[Name] | undefined };

/** The keys around the one that is changed. */
interface Family {
  /** That made it, and that of the caller; null: the administrator. */
  maker: KeyBounds | null;
  own: KeyBounds | null;
  /** Which it made, directly or not. */
  made: readonly (KeyBounds & { id: string })[];
  at: Date;
}

/** The bounds that are wanted, within those of another key; throws `invalid` where they are not. */
export function within({ expiresAt, allowedAddresses }: KeyBounds, bound: KeyBounds | null): KeyBounds {
  const end = bound?.expiresAt ?? null;
  if (end !== null && expiresAt !== null && expiresAt > end)
    throw invalidAt('/expiresAt', `is later than that of the key which makes it: ${end.toISOString()}`);
  const places = bound?.allowedAddresses ?? null;
  const foreign = places === null ? -1 : (allowedAddresses ?? []).findIndex((range) => !isWithin(range, places));
  if (foreign >= 0) throw invalidAt(`/allowedAddresses/${foreign}`, 'is not within the addresses of the key which makes it');
  return { expiresAt: expiresAt ?? end, allowedAddresses: allowedAddresses ?? places };
}

/**
 * A key as it is after the changes. Throws `conflict` where it has expired, or a key that it made could still be used from where it cannot; `invalid`
 * where the changes leave the bounds of its maker or of the caller's own key. What is not changed is not judged.
 */
export function changedKey<Key extends NamedKey>(before: Key, changes: ApiKeyChanges, { maker, own, made, at }: Family): Key {
  if (expired(before, at)) throw new CsmsError('conflict', 'the API key has expired: make another');
  const { name = before.name, expiresAt, allowedAddresses } = changes;
  if (expiresAt !== undefined && expired({ expiresAt }, at)) throw invalidAt('/expiresAt', 'has passed');
  const wanted = [maker, own].reduce<KeyBounds>((one, bound) => within(one, bound), {
    expiresAt: expiresAt ?? null,
    allowedAddresses: allowedAddresses ?? null,
  });
  const after: Key = {
    ...before,
    name,
    expiresAt: expiresAt === undefined ? before.expiresAt : wanted.expiresAt,
    allowedAddresses: allowedAddresses === undefined ? before.allowedAddresses : wanted.allowedAddresses,
  };
  const outside = made.find((one) => !usableWithin(one, after));
  if (outside !== undefined)
    throw new CsmsError('conflict', `/allowedAddresses: key ${outside.id}, which it made, may be used from others: change that one first`);
  return after;
}

function usableWithin({ allowedAddresses: places }: KeyBounds, { allowedAddresses: bound }: KeyBounds): boolean {
  return bound === null || (places !== null && places.every((range) => isWithin(range, bound)));
}
