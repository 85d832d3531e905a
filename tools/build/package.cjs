'use strict';
// What a library that is published has beside its build: one ECMAScript module for browsers, and its types, both checked to need nothing of Node.
const path = require('node:path');
const { buildSync } = require('esbuild');
const ts = require('typescript');

const root = path.resolve(__dirname, '../..');

/** Throws when a module of Node is imported. */
function bundle(index, outfile) {
  buildSync({ entryPoints: [index], outfile, bundle: true, platform: 'browser', format: 'esm', target: 'es2022', logLevel: 'silent' });
}

/** Writes .d.ts files. Throws when a global of Node is used: only those of the web are known here. */
function declare(index, outDir) {
  const options = {
    strict: true,
    noUncheckedIndexedAccess: true,
    declaration: true,
    emitDeclarationOnly: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    rootDir: path.dirname(index),
    outDir,
  };
  const program = ts.createProgram([index], options);
  const { diagnostics } = program.emit();
  const wrong = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (wrong.length === 0) return;
  throw new Error(
    ts.formatDiagnostics(wrong, { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' }),
  );
}

// `node tools/build/package.cjs PROJECT [FOLDER]`; the folder is the project's dist by default.
const [project, folder = path.join(root, project, 'dist')] = process.argv.slice(2);
const index = path.join(root, project, 'src/index.ts');
bundle(index, path.join(folder, 'index.mjs'));
declare(index, folder);
