export { display } from './block';
