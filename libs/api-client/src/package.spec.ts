import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { ScriptedServer, json } from './testing/scripted-server';

const ROOT = join(__dirname, '../../..');
const LIBRARY = join(__dirname, '..');
/** The globals of a browser that the client may use, and none of Node. */
const WEB = [
  'fetch',
  'Headers',
  'Request',
  'Response',
  'URL',
  'AbortController',
  'AbortSignal',
  'TextDecoder',
  'ReadableStream',
  'crypto',
] as const;
const TIMERS = ['setTimeout', 'clearTimeout', 'performance'] as const;

const runIn = (cwd: string, command: string, ...args: string[]) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' });

describe('the package', () => {
  /** A copy, to which modules and types are added: other programs run from the outputs of the workspace. */
  const copy = mkdtempSync(join(tmpdir(), 'voltbus-package-'));
  afterAll(() => rmSync(copy, { recursive: true }));

  beforeAll(() => {
    if (!existsSync(join(LIBRARY, 'dist/index.js'))) runIn(ROOT, process.execPath, 'tools/build/build.cjs', 'libs/api-client');
    cpSync(LIBRARY, copy, { recursive: true });
    runIn(ROOT, process.execPath, 'tools/build/package.cjs', 'libs/api-client', join(copy, 'dist')); // throws where a module or a global of Node is used
  });

  it('has its modules and types, what its manifest names, and nothing of tests or sources', () => {
    const [packed] = JSON.parse(runIn(copy, 'npm', 'pack', '--dry-run', '--json', '--ignore-scripts')) as { files: { path: string }[] }[];
    const files = packed?.files.map(({ path }) => path) ?? [];
    const { exports } = JSON.parse(readFileSync(join(LIBRARY, 'package.json'), 'utf8')) as { exports: { '.': Record<string, string> } };
    const named = Object.values(exports['.']).map((path) => path.replace('./', ''));
    expect(files).toEqual(expect.arrayContaining([...named, 'LICENSE', 'README.md', 'package.json', 'dist/generated/api.d.ts']));
    expect(
      files.filter((path) => !/^(LICENSE|README\.md|package\.json|dist\/.*\.(js|mjs|d\.ts))$/.test(path) || /spec|testing/.test(path)),
    ).toEqual([]);
  });

  it('has the licence of the repository', () => {
    expect(readFileSync(join(LIBRARY, 'LICENSE'), 'utf8')).toBe(readFileSync(join(ROOT, 'LICENSE'), 'utf8'));
  });

  it('is one module that works with the globals of a browser alone', async () => {
    const code = readFileSync(join(copy, 'dist/index.mjs'), 'utf8');
    expect(code).not.toMatch(/^import |\brequire\(/m);
    const globals = Object.fromEntries([...WEB, ...TIMERS].map((name) => [name, globalThis[name]]));
    const context = createContext({ ...globals, exported: {} });
    runInContext(code.replace(/export \{([^}]*)\};/, 'Object.assign(exported, {$1});'), context);
    const server = await ScriptedServer.start(json(200, { items: [{ station: 'A' }], nextCursor: null }));
    const use = `(async () => {
      const client = new exported.VoltbusClient({ baseUrl: '${server.url}', key: 'k' });
      const found = [];
      for await (const { station } of client.items('/v1/stations')) found.push(station);
      await client.post('/v1/tokens/clear-cache', { body: {} });
      return found.join();
    })()`;
    expect(await runInContext(use, context)).toBe('A');
    expect(server.received[1]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
    await server.close();
  });
});
