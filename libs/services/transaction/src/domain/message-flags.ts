/** Leniencies of libs/ocpp that say something of the session that a message is about. */
const FLAGS: ReadonlyMap<string | undefined, string> = new Map([
  ['missing-member', 'missing-members'],
  ['number-out-of-range', 'number-out-of-range'],
]);

/** What a session is flagged with for how a message about it was written; `leniency` is `kind /path` each. */
export function messageFlags(leniency: readonly string[]): string[] {
  const flags = leniency.flatMap((note) => FLAGS.get(note.split(' ', 1)[0]) ?? []);
  return [...new Set(flags)];
}
