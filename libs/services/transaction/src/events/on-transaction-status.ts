import type { BusRecord, Handler } from '@voltbus/bus';
import { COMMAND_RESULTS, type Command } from '@voltbus/contracts';
import { transiently } from '@voltbus/persistence';
import type { Silence } from '../silence';

/** E14: what stations say of transactions they were asked about. Null for other records. */
export function onTransactionStatus(silence: Silence): (record: BusRecord) => Handler | null {
  const handler: Handler = {
    shape: 'key',
    name: 'on-transaction-status',
    handle: (record) => transiently(() => silence.answered(commandIn(record))),
  };
  return (record) => (record.topic === COMMAND_RESULTS.name && commandIn(record).action === 'GetTransactionStatus' ? handler : null);
}

/** The topic's owner is the only one who writes it. */
function commandIn({ value }: BusRecord): Command {
  return JSON.parse(value.toString('utf8')) as Command;
}
