import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@voltbus/testing';
import { ROOT, render } from '../src/render';
import { podsOf } from '../src/rules';

/** The image may have 350 MB, of which Node.js and Debian take some 210. */
const MAX_BYTES = 140 * 1024 * 1024;
const ADMIN_KEY = 'an-administrator-of-the-image-spec-0123456789';
/** A user who owns nothing here; only root can start a process as another user. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const AGAIN_MS = 200;

const folder = mkdtempSync(join(tmpdir(), 'voltbus-image-'));
const app = join(folder, 'app');
let program: ChildProcess | null = null;
let log = '';

beforeAll(() => {
  chmodSync(folder, 0o755);
  execFileSync(join(ROOT, 'deploy/build-rootfs.sh'), [app], { stdio: 'pipe' });
});
afterAll(async () => {
  if (program !== null && program.exitCode === null) {
    program.kill('SIGTERM');
    await once(program, 'exit');
  }
  execFileSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
});

function files(below: string): string[] {
  return readdirSync(below, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

describe('the folder of the image', () => {
  it('is small enough', () => {
    expect(files(app).reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(MAX_BYTES);
  });

  it('has the packages and files of production, and no others', () => {
    const packages = readdirSync(join(app, 'node_modules'));
    for (const needed of ['kafkajs', 'pg', 'ioredis', 'fastify', 'uwebsockets']) expect(packages).toContain(needed);
    for (const other of ['jest', 'nx', 'typescript', 'eslint', 'prettier', 'testcontainers']) expect(packages).not.toContain(other);
    expect(readdirSync(app).sort()).toEqual(['apps', 'libs', 'node_modules', 'package.json', 'sbom.cdx.json', 'voltbus']);
    expect(readdirSync(join(app, 'libs'))).not.toContain('testing');
    expect(
      files(app)
        .filter((file) => /\/(apps|libs)\/.*\.spec\.js$|uws_.*\.node$/.test(file))
        .map((file) => file.slice(app.length)),
    ).toEqual([`/node_modules/uwebsockets/uws_${process.platform}_${process.arch}_${process.versions.modules}.node`]);
  });

  it('has a software bill of materials', () => {
    const { bomFormat, components } = JSON.parse(readFileSync(join(app, 'sbom.cdx.json'), 'utf8')) as {
      bomFormat: string;
      components: { name: string; version: string }[];
    };
    expect(bomFormat).toBe('CycloneDX');
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
    for (const [name, version] of Object.entries(dependencies))
      expect(components).toContainEqual(expect.objectContaining({ name, version }));
    expect(components.map(({ name }) => name)).not.toContain('jest');
  });
});

describe('a process of the image', () => {
  it('starts on a read-only folder as a user without rights, and `helm test` charges a session up to its CDR', async () => {
    const data = join(folder, 'data');
    mkdirSync(data);
    if (NOBODY.uid !== undefined) chownSync(data, NOBODY.uid, NOBODY.gid);
    execFileSync('chmod', ['-R', 'a-w', app]);
    const [ocpp = 0, http = 0, internal = 0] = await freePorts(3);
    start({ ocpp, http, internal, data });
    await ready(internal);
    const metrics = await (await fetch(`http://127.0.0.1:${internal}/metrics`)).text();
    expect(metrics).toMatch(/csms_gateway_transport_info\{[^}]*transport="uws"/);

    writeFileSync(join(folder, 'admin-key'), ADMIN_KEY);
    const { status, stdout, stderr } = spawnSync('sh', ['-ec', chartTest({ ocpp, http })], { cwd: app, encoding: 'utf8' });
    expect({ status, stderr: status === 0 ? '' : stderr, verdict: stdout.trim().split('\n').at(-1) }).toEqual({
      status: 0,
      stderr: '',
      verdict: expect.stringMatching(/^sessions [1-9]\d* lost 0 doubled 0 wrong 0 /),
    });
    expect(existsSync(join(data, 'voltbus'))).toBe(true);
  });
});

function start({ ocpp, http, internal, data }: { ocpp: number; http: number; internal: number; data: string }): void {
  program = spawn(process.execPath, ['--enable-source-maps', 'apps/standalone/dist/main.js'], {
    ...NOBODY,
    cwd: app,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      VOLTBUS_ADMIN_KEY: ADMIN_KEY,
      VOLTBUS_DATA_DIR: join(data, 'voltbus'),
      VOLTBUS_OCPP_PORT: String(ocpp),
      VOLTBUS_HTTP_PORT: String(http),
      VOLTBUS_INTERNAL_PORT: String(internal),
    },
  });
  for (const stream of [program.stdout, program.stderr]) stream?.on('data', (text: Buffer) => (log += String(text)));
}

async function ready(internal: number): Promise<void> {
  for (;;) {
    if (program?.exitCode !== null) throw new Error(`it has ended:\n${log}`);
    const answer = await fetch(`http://127.0.0.1:${internal}/ready`).catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((again) => setTimeout(again, AGAIN_MS));
  }
}

/** The script of the chart's test pod, against this process instead of the Services. */
function chartTest({ ocpp, http }: { ocpp: number; http: number }): string {
  const pods = podsOf(render({ embedded: { enabled: true }, keys: { existingSecret: 'keys' } }));
  const script = pods.find(({ labels }) => labels['app.kubernetes.io/component'] === 'test')?.spec.containers[0]?.command?.at(-1) ?? '';
  return script
    .replaceAll('charge-voltbus-api:8080', `127.0.0.1:${http}`)
    .replaceAll('charge-voltbus-gateway:9000', `127.0.0.1:${ocpp}`)
    .replaceAll('/etc/voltbus/secrets/', `${folder}/`)
    .replaceAll('/tmp/truth.json', join(folder, 'truth.json'))
    .replaceAll('/tmp/verdict', join(folder, 'verdict'));
}
