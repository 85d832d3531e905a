export type { RunningCost } from './running-cost';
