import { refusalIn } from '../domain/remote-start';
import type { TypeormRemoteStarts } from '../store/typeorm-remote-starts';
import type { CommandEnd } from './command-ends';

/** A station that does not want to start says so in the command's end. */
export function onRemoteStartAnswered(starts: TypeormRemoteStarts): CommandEnd {
  return {
    name: 'on-remote-start-answered',
    actions: ['RemoteStartTransaction', 'RequestStartTransaction'],
    async ended(command) {
      const refusal = refusalIn(command);
      if (refusal !== null) await starts.refused(command.tenant, command.id, refusal);
    },
  };
}
