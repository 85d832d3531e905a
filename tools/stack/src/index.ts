export { type StackFacts } from './facts';
export { readCliArgs, type StackCommand } from './cli-args';
export { runStack, startStack, type RunningStack as Stack, type StackOptions } from './start-stack';
export { npmStart, runStandalone, startStandalone, type RunningStandalone as Standalone, type StandaloneOptions } from './start-standalone';
