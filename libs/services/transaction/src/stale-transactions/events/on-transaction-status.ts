import type { StaleTransactions } from '../stale-transactions';
import type { CommandEnd } from '../../events/command-ends';

/** E14: what stations say of transactions they were asked about. */
export function onTransactionStatus(staleTransactions: StaleTransactions): CommandEnd {
  return {
    name: 'on-transaction-status',
    actions: ['GetTransactionStatus'],
    ended: (command) => staleTransactions.onStatusAnswered(command),
  };
}
