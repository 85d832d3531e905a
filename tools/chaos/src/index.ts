export { CHAOS } from './cli-args';
