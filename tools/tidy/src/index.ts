export { shipped, sources } from './sources';
