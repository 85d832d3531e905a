import { COMMAND_RESULTS, type Command } from '@voltbus/contracts';
import { onEach, type EventSubscription } from '@voltbus/service';

/** Handles the ends of commands of these actions, whoever sent them. */
export function onCommandEnded(actions: readonly string[], handle: (command: Command) => Promise<unknown>): EventSubscription {
  return onEach(COMMAND_RESULTS.events.ended, async ({ data }) => {
    if (actions.includes(data.action)) await handle(data);
  });
}
