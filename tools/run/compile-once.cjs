'use strict';
// Jest's runtime, but what a worker has compiled for one spec file it does not compile again for the next: a third of what most specs cost.
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** By file name. The same file may have another source where Jest's options differ, as with coverage. */
const scripts = new Map();

module.exports = class CompileOnce extends Runtime {
  constructor(...parts) {
    super(...parts);
    const { executor, _environment: environment } = this;
    const compile = executor.compile.bind(executor);
    executor.compile = (source, filename) => {
      const context = environment.getVmContext();
      if (context === null || source.startsWith('#!')) return compile(source, filename);
      try {
        return scriptOf(source, filename, executor.injectedModuleParameters).runInContext(context);
      } catch {
        return compile(source, filename); // for its explanation of what is wrong
      }
    };
  }
};

function scriptOf(source, filename, parameters) {
  const known = scripts.get(filename);
  if (known?.source === source) return known.script;
  const head = `(function (${parameters.join(', ')}) {`;
  const script = new vm.Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
  scripts.set(filename, { source, script });
  return script;
}
