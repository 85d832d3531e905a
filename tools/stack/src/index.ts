export { type StackFacts } from './facts';
export { readWords, type Wish } from './words';
