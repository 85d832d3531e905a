'use strict';
// How a client is generated and compiled in each language. Each `make` gives the command that runs its program.
const { spawnSync } = require('node:child_process');
const { copyFileSync, existsSync, mkdirSync, readdirSync } = require('node:fs');
const path = require('node:path');
const { root } = require('../run/prepare.cjs');

const DESCRIPTION = path.join(root, 'docs/reference/openapi.json');
const flow = (name) => path.join(__dirname, 'flows', name);
const PYTHON_GENERATOR = ['openapi-python-client==0.29.1', 'mypy==2.4.1'];
const OPENAPI_GENERATOR = '7.25.0';

const LANGUAGES = {
  typescript: { missing: () => null, make: typescript },
  python: { missing: () => withoutAny(['python3']), make: python },
  go: { missing: () => withoutAny(['go', 'java', 'mvn']), make: go },
  java: { missing: () => withoutAny(['java', 'mvn']), make: java },
};

function typescript(folder) {
  const client = path.join(folder, 'client');
  mkdirSync(client, { recursive: true });
  must(folder, process.execPath, [
    bin('openapi-typescript/bin/cli.js'),
    DESCRIPTION,
    '--output',
    path.join(client, 'voltbus.ts'),
    '--default-non-nullable=false',
  ]);
  copyFileSync(flow('flow.ts'), path.join(client, 'flow.ts'));
  const strict = ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes', '--skipLibCheck', '--types', 'node'];
  const target = ['--target', 'es2022', '--lib', 'es2022,dom', '--module', 'commonjs', '--moduleResolution', 'bundler', '--ignoreConfig'];
  must(folder, process.execPath, [
    bin('typescript/bin/tsc'),
    ...strict,
    ...target,
    '--outDir',
    path.join(client, 'dist'),
    path.join(client, 'flow.ts'),
  ]);
  return { command: process.execPath, args: [path.join(client, 'dist/flow.js')] };
}

function python(folder) {
  const venv = path.join(folder, 'venv');
  const client = path.join(folder, 'client');
  mkdirSync(client, { recursive: true });
  if (!existsSync(path.join(venv, 'bin/mypy'))) {
    must(folder, 'python3', ['-m', 'venv', venv]);
    must(folder, path.join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...PYTHON_GENERATOR]);
  }
  const generate = ['generate', '--path', DESCRIPTION, '--meta', 'none', '--output-path', path.join(client, 'voltbus')];
  must(folder, path.join(venv, 'bin/openapi-python-client'), generate);
  copyFileSync(flow('flow.py'), path.join(client, 'flow.py'));
  must(client, path.join(venv, 'bin/mypy'), ['--strict', 'voltbus', 'flow.py']);
  return { command: path.join(venv, 'bin/python'), args: [path.join(client, 'flow.py')] };
}

function go(folder) {
  const client = path.join(folder, 'client');
  generate(folder, 'go', ['packageName=voltbus', 'withGoMod=true', 'enumClassPrefix=true']);
  mkdirSync(path.join(client, 'cmd/flow'), { recursive: true });
  copyFileSync(flow('flow.go'), path.join(client, 'cmd/flow/main.go'));
  must(client, 'go', ['build', '-o', 'flow', './cmd/flow']);
  return { command: path.join(client, 'flow'), args: [] };
}

function java(folder) {
  const client = path.join(folder, 'client');
  const packages = ['invokerPackage=voltbus', 'apiPackage=voltbus.api', 'modelPackage=voltbus.model'];
  generate(folder, 'java', ['library=native', 'openApiNullable=false', 'useSingleRequestParameter=true', ...packages]);
  copyFileSync(flow('Flow.java'), path.join(client, 'src/main/java/Flow.java'));
  must(client, 'mvn', ['-q', '-DskipTests', 'compile', 'dependency:copy-dependencies', '-DincludeScope=runtime']);
  return {
    command: 'java',
    args: ['-cp', [path.join(client, 'target/classes'), path.join(client, 'target/dependency/*')].join(path.delimiter), 'Flow'],
  };
}

/** Runs openapi-generator, which Maven fetches. */
function generate(folder, generator, properties) {
  const tools = path.join(path.dirname(folder), 'openapi-generator');
  mkdirSync(tools, { recursive: true });
  mkdirSync(folder, { recursive: true });
  if (readdirSync(tools).length === 0) {
    const artifact = `org.openapitools:openapi-generator-cli:${OPENAPI_GENERATOR}`;
    must(folder, 'mvn', ['-q', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${tools}`]);
  }
  const jar = path.join(tools, `openapi-generator-cli-${OPENAPI_GENERATOR}.jar`);
  const parts = 'apiTests=false,modelTests=false,apiDocs=false,modelDocs=false';
  const options = [
    '--additional-properties',
    properties.join(','),
    '--global-property',
    parts,
    '--git-user-id',
    'voltbus',
    '--git-repo-id',
    'client',
  ];
  must(folder, 'java', ['-jar', jar, 'generate', '-g', generator, '-i', DESCRIPTION, '-o', path.join(folder, 'client'), ...options]);
}

function bin(file) {
  return path.join(root, 'node_modules', file);
}

/** The first of these programs that is not there; null when all are. */
function withoutAny(programs) {
  return programs.find((program) => spawnSync('which', [program]).status !== 0) ?? null;
}

function must(cwd, command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1_048_576 });
  if (status === 0) return;
  throw new Error(`${path.basename(command)} ${args[0]}: ${error?.message ?? ''}\n${stdout}${stderr}`.slice(0, 4_000));
}

module.exports = { LANGUAGES };
