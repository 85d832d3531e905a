export { authorize } from './authorize';
export { meterValues } from './meter-values';
export { transactionEvent } from './transaction-event';
export { eventWords, statusWords } from './connector-words';
