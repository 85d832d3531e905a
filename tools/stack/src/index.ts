export { type StackFacts } from './facts';
export { readCliArgs, type StackCommand as Wish } from './cli-args';
