import { COMMAND_RESULTS, type Command } from '@voltbus/contracts';
import { onEach, type EventSubscription } from '@voltbus/service';

/** Handles the ends of all commands of these actions, those of operators too. */
export function onCommandEnded(actions: readonly string[], handle: (command: Command) => Promise<unknown>): EventSubscription {
  return onEach(COMMAND_RESULTS.events.ended, async ({ data }) => {
    if (actions.includes(data.action)) await handle(data);
  });
}
