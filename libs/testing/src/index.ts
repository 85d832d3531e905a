export { silentLogger, testMetrics, type TestMetrics } from './doubles';
export { freshDatabase, type FreshDatabase } from './fresh-database';
export { keepsContract, type Said } from './public-contract';
export { ownKafka, testKafka, testRedis, type OwnKafka } from './infrastructure';
export { endProgram, runCommand, runProgram, type Program } from './programs';
export { hasPython, pythonPackages } from './python';
export { runStack, startStack, type Stack, type StackFacts, type StackOptions } from './stack';
export { npmStart, runStandalone, startStandalone, type Standalone, type StandaloneOptions } from './standalone';
export * from './proof';
