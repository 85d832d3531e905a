export type { ContractCertificates } from './contract-certificates';
export type { CertificateFinding } from './domain/contract-certificate';
export { parseTransferred, readTransferred, type TransferHandler } from './ocpp16/data-transfer';
