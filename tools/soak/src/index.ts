export { soak, type SoakPlan, type SoakResult } from './soak';
export { SHAPES, USUAL_VICTIMS, type Shape } from './victims';
