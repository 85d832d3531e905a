import { serviceModules } from '@voltbus/service';
import { transactionService } from './service';

export { transactionService };

const { worker, http } = serviceModules(transactionService);

/** Lane, subscriptions, outbox relay and periodic jobs. */
export const TransactionWorkerModule = worker;
/** The controllers of all blocks. Commands of stations need the router's HTTP module in the same process. */
export const TransactionHttpModule = http;
