export { authorize } from './authorize';
export { getCertificateStatus } from './get-certificate-status';
export { meterValues } from './meter-values';
export { transactionEvent } from './transaction-event';
export { eventWords, statusWords } from './connector-words';
