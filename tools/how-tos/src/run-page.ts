import { spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT, freePorts } from '@voltbus/infra';
import { startStandalone, type Standalone } from '@voltbus/stack';
import type { Page } from './pages';
import { scriptOf } from './script';
import { shellBlocks, type ShellBlock } from './shell-blocks';
import { connectStations, endStations, prepare } from './stations';
import { REQUEST_LINE, verdictOf, type Verdict } from './verdict';

/** A page that is not through by then is ended, and has failed. */
const PAGE_MS = 180_000;
const SHIMS = {
  curl: `#!/bin/sh\nexec "$CURL" --max-time 30 "$@" -w '%{stderr}\\n${REQUEST_LINE}\\n'\n`,
  npm: `#!/bin/sh\ncd '${ROOT}' && exec "$NPM" "$@"\n`,
};

/** Runs the commands of a page against a system of its own, whose data are below `folder`. */
export async function runPage(name: string, page: Page, folder: string): Promise<Verdict> {
  const blocks = shellBlocks(readFileSync(join(ROOT, 'docs', `${name}.md`), 'utf8')).filter((block) => isRun(block, page));
  const system = await startStandalone({ env: await environmentOf(page), dataDir: join(folder, 'data') });
  const stations = connectStations(system, page);
  try {
    await prepare(system, page, stations);
    for (const [file, text] of Object.entries(page.files ?? {})) writeFileSync(join(folder, file), text);
    const stderr = await runScript(named(scriptOf(blocks, system), page), system, folder);
    return verdictOf(stderr, page.refused ?? []);
  } finally {
    await endStations(stations);
    await system.stop();
  }
}

async function environmentOf({ env = {} }: Page): Promise<Record<string, string>> {
  const [port = 0] = await freePorts(1);
  return {
    VOLTBUS_HTTP_PORT: String(port),
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace('{port}', String(port))])),
  };
}

function isRun({ text }: ShellBlock, { leftOut = {} }: Page): boolean {
  return !Object.keys(leftOut).some((part) => text.includes(part)) && text.trim() !== 'npm start';
}

function named(script: string, { names = {} }: Page): string {
  return Object.entries(names).reduce((text, [name, ours]) => text.replaceAll(name, ours), script);
}

function runScript(script: string, system: Standalone, folder: string): Promise<string> {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, text] of Object.entries(SHIMS)) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  for (const name of ['docs', 'node_modules']) symlinkSync(join(ROOT, name), join(folder, name));
  writeFileSync(join(folder, 'page.sh'), script);
  const PATH = process.env.PATH ?? '';
  const child = spawn('bash', ['page.sh'], {
    cwd: folder,
    env: {
      ...process.env,
      CURL: found('curl', PATH),
      NPM: found('npm', PATH),
      PATH: `${bin}${delimiter}${PATH}`,
      VOLTBUS_DATA_DIR: system.dataDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PAGE_MS,
  });
  return new Promise((resolve, reject) => {
    let stderr = '';
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      writeFileSync(join(folder, 'page.out'), stdout);
      writeFileSync(join(folder, 'page.err'), stderr);
      resolve(signal === null ? stderr : `${stderr}\nFAILED by ${signal}: it was not through after ${PAGE_MS / 1_000} s\n`);
    });
  });
}

/** The program that the shell would run, before the shims stand before it. */
function found(program: string, path: string): string {
  const files = path.split(delimiter).map((folder) => join(folder, program));
  const file = files.find((one) => {
    try {
      accessSync(one, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (file === undefined) throw new Error(`${program} is not on this machine`);
  return file;
}
