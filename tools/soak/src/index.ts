export { soak, type SoakPlan, type SoakResult } from './soak';
export { SHAPES, DEFAULT_KILL_TARGETS, KILL_TARGETS, type Shape } from './kill-targets';
export { endAndRestart } from './end-and-restart';
export { administratorOf, compare, firstConnected, startCharging, summaryOf, type FleetTarget } from './fleet';
export { numberWithin } from './number-option';
