export { type StackFacts } from './facts';
export { readWords, type Wish } from './words';
export { runStack, startStack, type RunningStack as Stack, type StackOptions } from './start-stack';
export { npmStart, runStandalone, startStandalone, type RunningStandalone as Standalone, type StandaloneOptions } from './start-standalone';
