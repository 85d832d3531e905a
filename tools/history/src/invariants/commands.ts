import { commandEnded, type CommandStatus } from '@voltbus/contracts';
import { eachOnce, groupedBy, type History } from '../history';

/** Invariant 6: each command that was accepted, by the API or of a service, ends in exactly one state, which is published once. */
export function commands({ fleets, stored, commandResults }: History): string[] {
  const status = new Map(stored.commands.map((command) => [command.id, command.status]));
  const accepted = fleets.flatMap(({ truth }) => truth.commands.map(({ id }) => id));
  const results = groupedBy(eachOnce(commandResults), ({ value }) => value.id);
  return [...new Set([...accepted, ...status.keys(), ...results.keys()])].flatMap((id) => {
    const now = status.get(id);
    if (now === undefined) return [`command ${id}: accepted, and not stored`];
    if (!commandEnded(now as CommandStatus)) return [`command ${id}: still ${now}`];
    const published = (results.get(id) ?? []).map(({ value }) => value.status);
    return published.length === 1 && published[0] === now ? [] : [`command ${id}: ${now}, published ${published.join(', ') || 'never'}`];
  });
}
