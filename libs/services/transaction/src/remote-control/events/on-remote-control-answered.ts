import { refusalIn } from '../domain/remote-start';
import type { TypeormRemoteStarts } from '../store/typeorm-remote-starts';
import type { TypeormRemoteStops } from '../store/typeorm-remote-stops';
import type { CommandEnd } from '../../events/command-ends';

/** A station that does not want to start says so in the command's end. */
export function onRemoteStartAnswered(starts: TypeormRemoteStarts): CommandEnd {
  return refusalsOf('on-remote-start-answered', ['RemoteStartTransaction', 'RequestStartTransaction'], starts);
}

/** And one that does not want to stop. */
export function onRemoteStopAnswered(stops: TypeormRemoteStops): CommandEnd {
  return refusalsOf('on-remote-stop-answered', ['RemoteStopTransaction', 'RequestStopTransaction'], stops);
}

interface Refusals {
  refused(tenant: string, command: string, refusal: string): Promise<void>;
}

function refusalsOf(name: string, actions: readonly string[], store: Refusals): CommandEnd {
  return {
    name,
    actions,
    async ended(command) {
      const refusal = refusalIn(command);
      if (refusal !== null) await store.refused(command.tenant, command.id, refusal);
    },
  };
}
