import type { EventSubscription } from '@voltbus/service';
import { onCommandEnded } from '../../stations/command-results';
import { refusalIn } from '../domain/remote-start';

/** Stores why the command of a remote start or stop was refused. */
export function onRefused(
  actions: readonly string[],
  store: { refused(tenant: string, command: string, refusal: string): Promise<void> },
): EventSubscription {
  return onCommandEnded(actions, async (command) => {
    const refusal = refusalIn(command);
    if (refusal !== null) await store.refused(command.tenant, command.id, refusal);
  });
}
