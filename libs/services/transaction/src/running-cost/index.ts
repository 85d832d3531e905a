export type { RunningCost, SessionCost } from './running-cost';
