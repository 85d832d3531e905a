import { fromCloudEventHeaders, type EndedTransaction } from '@voltbus/contracts';
import type { BusRecord, Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/persistence';
import type { Settlements } from '../settlements';

/** `voltbus.transaction.ended`: the only event of its topic that costs anything. */
export function onTransactionEnded(settlements: Settlements): Handler {
  return {
    shape: 'key',
    name: 'on-transaction-ended',
    async handle(record: BusRecord) {
      if (fromCloudEventHeaders(record.headers).type !== 'voltbus.transaction.ended') return;
      // The topic's owner is the only one who writes it.
      const account = JSON.parse(record.value.toString('utf8')) as EndedTransaction;
      await transiently(() => settlements.settle(account));
    },
  };
}
