export { statusHistory } from './block';
export { connectionReport } from './domain/connection-report';
export { IN_USE, type HistoryEntry, type HistoryReport, type ReportTimes } from './domain/history-entry';
export type { StatusHistory } from './status-history';
export { isInUse } from './store/in-use';
