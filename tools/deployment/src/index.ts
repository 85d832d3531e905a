export { MATRIX } from './chart-values';
export { helm, helmFails } from './helm';
export { CHART, render, type KubernetesObject } from './render';
