export { asked } from './asked';
export { charging } from './charging';
export { connecting } from './connecting';
export { remote } from './remote';
