export { helm, helmFails } from './helm';
export { render, type KubernetesObject } from './render';
