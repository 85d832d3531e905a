export { authorize } from './authorize';
export { dataTransfer } from './data-transfer';
export { meterValues } from './meter-values';
export { startTransaction } from './start-transaction';
export { stopTransaction } from './stop-transaction';
export { connectorStates } from './connector-states';
export { connectorWords } from './connector-words';
