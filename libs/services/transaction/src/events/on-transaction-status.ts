import type { Silence } from '../silence';
import type { CommandEnd } from './command-ends';

/** E14: what stations say of transactions they were asked about. */
export function onTransactionStatus(silence: Silence): CommandEnd {
  return { name: 'on-transaction-status', actions: ['GetTransactionStatus'], ended: (command) => silence.answered(command) };
}
