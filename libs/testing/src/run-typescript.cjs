'use strict';
// node -r run-typescript.cjs x.ts: runs the sources without a build, for tests that need a process of their own to stop or kill.
const { transformSync } = require('@swc/core');
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { projects } = require('../../../tools/workspace.cjs');

const root = join(__dirname, '../../..');
const folders = projects();
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  return resolve.call(this, folders[name] ? join(root, folders[name], 'src/index.ts') : name, ...rest);
};
Module._extensions['.ts'] = (module, file) => {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
    },
    module: { type: 'commonjs' },
  });
  module._compile(code, file);
};
