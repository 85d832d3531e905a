export { added } from './added';
