import type { Verified } from '@voltbus/service-device-config';

type FaultKind = NonNullable<Verified['fault']>['kind'];

const FAULTS: Readonly<Record<FaultKind, string>> = {
  changed: 'was changed',
  missing: 'is missing',
  'not-linked': 'does not follow the entry before it: that one was changed, or put in its place',
};

/** A line for people. */
export function textOf({ tenant, entries, unsealed, from, to, hash, fault }: Verified): string {
  const waiting = unsealed === 0 ? '' : `, ${unsealed} not in the chain yet`;
  if (fault !== null) {
    const which = fault.id === null ? '' : ` (id ${fault.id})`;
    return `${tenant}: broken: entry ${fault.position}${which} ${FAULTS[fault.kind]}; ${entries} before it are whole`;
  }
  return from === null ? `${tenant}: no entries${waiting}` : `${tenant}: whole: entries ${from} to ${to}, hash ${hash}${waiting}`;
}
