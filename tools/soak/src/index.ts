export { soak, type SoakPlan, type SoakResult } from './soak';
export { SHAPES, type Shape } from './victims';
