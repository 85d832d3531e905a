export { statusHistory } from './block';
export { IN_USE, type HistoryEntry, type HistoryReport, type ReportTimes } from './domain/history-entry';
export type { StatusHistory } from './status-history';
