import type { Flag } from '@voltbus/contracts';

/** Leniencies of the quirks that are switched on for a station have its name behind this. */
const QUIRK = 'quirk-';
/** Leniencies of libs/ocpp that become flags of the session that a message is about. */
const FLAGS: ReadonlyMap<string | undefined, Flag> = new Map([
  ['missing-member', 'missing-members'],
  ['number-out-of-range', 'number-out-of-range'],
]);
/**
 * What was left out because it could not be read, by where it stood: who charges, where, which session, how much.
 * Elsewhere it bills nothing.
 */
const DROPPED: readonly (readonly [RegExp, Flag])[] = [
  [/^\/(?:meterValue|transactionData)\//, 'number-out-of-range'],
  [/^\/(?:meterValue|transactionData|idToken|idTag|evse|transactionInfo)(?:\/|$)/, 'missing-members'],
];

/** The flags of a session for leniencies of a message about it; each leniency is `kind /path`. */
export function messageFlags(leniency: readonly string[]): Flag[] {
  const flags = leniency.flatMap((note) => flagOf(...(note.split(' ', 2) as [string, string?])) ?? []);
  return [...new Set(flags)];
}

function flagOf(kind: string, place = ''): Flag | undefined {
  if (kind.startsWith(QUIRK)) return 'quirk-applied';
  return kind === 'unreadable-dropped' ? DROPPED.find(([where]) => where.test(place))?.[1] : FLAGS.get(kind);
}
