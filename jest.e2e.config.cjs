'use strict';
const base = require('./jest.config.cjs');

// `npx jest -c jest.e2e.config.cjs`: drives the built system (`npm run build`). Most of its time is waiting for what starts, so three at a time.
module.exports = {
  ...base,
  globalSetup: undefined,
  globalTeardown: undefined,
  testMatch: ['**/e2e/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 300_000, // a bound on waiting for a whole system on a busy machine
  maxWorkers: 3,
  testSequencer: '<rootDir>/tools/run/longest-first.cjs',
};
