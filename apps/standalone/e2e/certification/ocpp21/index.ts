export { added } from './added';
export { tariffs } from './tariffs';
