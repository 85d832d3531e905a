export { type Fleet, type History, type ProcessUsage, type Usage } from './history';
export { evidenceOf, judge } from './judge';
export { readHistory, type HistorySources } from './read-history';
export { readUsage } from './process-usage';
