export { authorize } from './authorize';
export { dataTransfer } from './data-transfer';
export { meterValues } from './meter-values';
export { startTransaction } from './start-transaction';
export { stopTransaction } from './stop-transaction';
export { connectorWords } from './connector-words';
