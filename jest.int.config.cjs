'use strict';
const base = require('./jest.config.cjs');

// `npx jest -c jest.int.config.cjs`: the specs that need real Kafka and Redis, which the setup starts. They mostly wait: `npm test` runs them beside the specs.
module.exports = {
  ...base,
  globalSetup: '<rootDir>/jest.int.setup.ts',
  globalTeardown: '<rootDir>/jest.int.teardown.ts',
  testMatch: ['**/*.int.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/e2e/'],
  maxWorkers: 2,
};
