import { fromCloudEventHeaders, type EndedTransaction } from '@voltbus/contracts';
import { TransientError, type BusRecord, type Handler } from '@voltbus/bus';
import { transiently } from '@voltbus/database';
import type { NeighboursNews } from '../neighbours-news';
import type { Settlements } from '../settlements';

/** `voltbus.transaction.ended`: the only event of its topic that costs anything. */
export function onTransactionEnded(settlements: Settlements, news: Pick<NeighboursNews, 'readBefore'>): Handler {
  return {
    shape: 'key',
    name: 'on-transaction-ended',
    async handle(record: BusRecord) {
      if (fromCloudEventHeaders(record.headers).type !== 'voltbus.transaction.ended') return;
      // The topic's owner is the only one who writes it.
      const account = JSON.parse(record.value.toString('utf8')) as EndedTransaction;
      if (!(await news.readBefore(record.timestamp))) throw new TransientError('what neighbours said before is still being read');
      await transiently(() => settlements.settle(account, record.timestamp));
    },
  };
}
