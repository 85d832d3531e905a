export { soak, type SoakPlan, type SoakResult } from './soak';
export { SHAPES, DEFAULT_KILL_TARGETS, type Shape } from './kill-targets';
