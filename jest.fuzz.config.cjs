'use strict';
const base = require('./jest.config.cjs');

// `npm run fuzz`: properties that are tried for as long as they are given, one file at a time, so that what takes long is not the machine's fault.
module.exports = {
  ...base,
  testMatch: ['**/*.fuzz.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 14_400_000, // more than the time that can be given
  maxWorkers: 1,
};
