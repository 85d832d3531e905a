'use strict';
// Builds one or more projects, or all of them: src/**/*.ts -> dist/**/*.js, with SWC. Types are the type-checker's business.
const fs = require('node:fs');
const path = require('node:path');
const swc = require('@swc/core');

const root = path.resolve(__dirname, '../..');

function filesIn(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
}

async function build(project) {
  const from = path.join(root, project, 'src');
  const to = path.join(root, project, 'dist');
  const half = `${to}.${process.pid}`; // swapped in whole: a running program must never find half of it
  const shipped = filesIn(from).filter((file) => !forSpecs(file));
  await Promise.all(shipped.map((file) => buildFile(path.join(from, file), path.join(half, file))));
  // nor a moment without it, where nothing has changed
  if (isSame(half, to)) return fs.rmSync(half, { recursive: true });
  fs.rmSync(to, { recursive: true, force: true });
  fs.renameSync(half, to);
}

function isSame(one, other) {
  if (!fs.existsSync(one) || !fs.existsSync(other)) return false;
  const [files, others] = [filesIn(one).sort(), filesIn(other).sort()];
  const isEqual = (file, index) =>
    file === others[index] && fs.readFileSync(path.join(one, file)).equals(fs.readFileSync(path.join(other, file)));
  return files.length === others.length && files.every(isEqual);
}

/** Specs, and what only specs use: `testing/` beside what it belongs to. */
const forSpecs = (file) => file.endsWith('.spec.ts') || path.dirname(file).split(path.sep).includes('testing');

async function buildFile(source, target) {
  if (source.endsWith('.d.ts')) return;
  fs.mkdirSync(path.dirname(target), { recursive: true });
  if (!source.endsWith('.ts')) return fs.copyFileSync(source, target);
  const js = target.replace(/\.ts$/, '.js');
  const { code, map } = await swc.transformFile(source, {
    configFile: path.join(root, '.swcrc'),
    sourceFileName: path.relative(path.dirname(js), source),
  });
  fs.writeFileSync(js, `${code}\n//# sourceMappingURL=${path.basename(js)}.map\n`);
  fs.writeFileSync(`${js}.map`, map);
}

Promise.all(process.argv.slice(2).map(build)).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
