import type { Command } from '@voltbus/contracts';
import { commandEnded } from '@voltbus/contracts';
import type { SentCommand } from '../fleet/commander';

/** How the API and `csms.command-results.v1` differ from one outcome for each command, one line each. */
export interface CommandVerdict {
  commands: number;
  /** Number of commands by the status in which they ended. */
  outcomes: ReadonlyMap<string, number>;
  lost: string[];
  doubled: string[];
  wrong: string[];
}

type Outcome = Pick<Command, 'id' | 'status'>;

/** Compares the commands that were accepted with the API and, unless null, the events of the topic, each once. Pure. */
export function verifyCommands(
  sent: readonly SentCommand[],
  stored: ReadonlyMap<string, Outcome>,
  published: readonly Outcome[] | null,
): CommandVerdict {
  const outcomes = new Map<string, number>();
  const verdict: CommandVerdict = { commands: sent.length, outcomes, lost: [], doubled: [], wrong: [] };
  for (const { id, station } of sent) {
    const name = `command ${id} to ${station}`;
    const status = stored.get(id)?.status;
    if (status === undefined || !commandEnded(status)) verdict.lost.push(`${name}: ${status ?? 'not in the API'}`);
    else outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
    if (published === null) continue;
    const events = published.filter((event) => event.id === id);
    if (events.length === 0) verdict.lost.push(`${name}: no outcome on the topic`);
    if (events.length > 1) verdict.doubled.push(`${name}: ${events.map((event) => event.status).join(', ')} on the topic`);
    if (events.some((event) => event.status !== status))
      verdict.wrong.push(`${name}: ${events[0]?.status} on the topic, ${status} in the API`);
  }
  return verdict;
}
