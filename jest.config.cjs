'use strict';
const { projects } = require('./tools/workspace.cjs');

// `npx jest`: everything that needs no servers beyond what it starts itself.
// `.int.spec.ts` needs Kafka or Redis, `e2e/` needs the built system: both have configs of their own.
const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
      keepClassNames: true,
    },
    module: { type: 'commonjs', lazy: true }, // what a spec does not use is not loaded: a third of the packages, a sixth of the time of most files
    sourceMaps: 'inline',
  },
];

module.exports = {
  rootDir: __dirname,
  testEnvironment: 'node',
  runtime: '<rootDir>/tools/run/compile-once.cjs',
  globalSetup: '<rootDir>/jest.setup.ts',
  globalTeardown: '<rootDir>/jest.teardown.ts',
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.int\\.spec\\.ts$', '/e2e/'],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.nx/', '<rootDir>/.cache/', '<rootDir>/.voltbus/'],
  transform: { '^.+\\.(t|m?j)s$': swc },
  transformIgnorePatterns: ['/node_modules/(?!jose/)', '/generated/.*\\.js$'], // jose has ES modules only
  moduleNameMapper: Object.fromEntries(
    Object.entries(projects()).flatMap(([name, folder]) => [
      [`^${name}$`, `<rootDir>/${folder}/src/${folder.startsWith('apps/') ? 'main' : 'index'}`],
      [`^${name}/testing$`, `<rootDir>/${folder}/src/testing/index`],
    ]),
  ),
  testTimeout: 300_000, // a bound on what hangs, not on a busy machine: nothing here is judged by how long it takes
  maxWorkers: 3, // a sixth of their time is waiting: for what is silent on purpose, and for what must not come
  workerIdleMemoryLimit: '1GB',
};
