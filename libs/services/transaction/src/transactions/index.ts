export { OF_TRANSACTION } from './http/of-transaction';
export { RUNNING_COSTS } from './http/billed-transactions';
export { summaryAt } from './domain/transaction-summary';
export { INACTIVE_SINCE_FREE, LAST_ACTIVITY_AT } from './store/typeorm-last-activity';
export type { TypeormTransactionViews } from './store/typeorm-transaction-views';
export type { TypeormTransactions } from './store/typeorm-transactions';
export type { Transactions } from './transactions';
