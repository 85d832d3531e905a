import type { BusRecord, Handler } from '@voltbus/bus';
import type { Command } from '@voltbus/contracts';
import { transiently } from '@voltbus/database';

/** What to do when a command of these actions has ended. */
export interface CommandEnd {
  name: string;
  actions: readonly string[];
  ended(command: Command): Promise<void>;
}

/** `csms.command-results.v1`: who hears the end of which command; null for those of others. */
export function onCommandEnds(...ends: readonly CommandEnd[]): (record: BusRecord) => Handler | null {
  const byAction = new Map(ends.flatMap((end) => end.actions.map((action) => [action, handlerOf(end)] as const)));
  return (record) => byAction.get(commandIn(record).action) ?? null;
}

function handlerOf({ name, ended }: CommandEnd): Handler {
  return { shape: 'key', name, handle: (record) => transiently(() => ended(commandIn(record))) };
}

/** The topic's owner is the only one who writes it. */
function commandIn({ value }: BusRecord): Command {
  return JSON.parse(value.toString('utf8')) as Command;
}
