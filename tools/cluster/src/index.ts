export { CHECKS } from './checks';
