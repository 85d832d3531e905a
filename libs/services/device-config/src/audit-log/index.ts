export { TypeormAuditChain } from './store/typeorm-audit-chain';
export { verifyExport, verifyStored, type Verified } from './verify';
