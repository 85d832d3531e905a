import type { BusRecord, Handler } from '@voltbus/bus';
import { COMMAND_RESULTS, type Command } from '@voltbus/contracts';
import { transiently } from '@voltbus/persistence';
import { refusalIn } from '../domain/remote-start';
import type { TypeormRemoteStarts } from '../store/typeorm-remote-starts';

const STARTS = new Set(['RemoteStartTransaction', 'RequestStartTransaction']);

/** A station that does not want to start says so in the command's end. Null for other records than ends of remote starts. */
export function onRemoteStartAnswered(starts: TypeormRemoteStarts): (record: BusRecord) => Handler | null {
  const handler: Handler = {
    shape: 'key',
    name: 'on-remote-start-answered',
    async handle(record) {
      const command = commandIn(record);
      const refusal = refusalIn(command);
      if (refusal !== null) await transiently(() => starts.refused(command.tenant, command.id, refusal));
    },
  };
  return (record) => (record.topic === COMMAND_RESULTS.name && STARTS.has(commandIn(record).action) ? handler : null);
}

/** The topic's owner is the only one who writes it. */
function commandIn({ value }: BusRecord): Command {
  return JSON.parse(value.toString('utf8')) as Command;
}
