export { asked } from './asked';
export { authorization } from './authorization';
export { connecting } from './connecting';
export { contracts } from './contracts';
export { costs } from './costs';
export { metering } from './metering';
export { remote } from './remote';
export { transactions } from './transactions';
