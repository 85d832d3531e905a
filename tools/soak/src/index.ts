export { soak, type SoakPlan, type SoakResult } from './soak';
export { SHAPES, DEFAULT_KILL_TARGETS as USUAL_VICTIMS, type Shape } from './kill-targets';
