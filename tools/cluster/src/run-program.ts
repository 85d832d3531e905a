import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramOptions {
  env?: Readonly<Record<string, string>>;
  /** For its standard input. */
  input?: string;
  /** It is killed then. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 600_000;
const OUTPUT_TAIL = 3_000;

/** Runs a program to its end and returns its standard output. Rejects with what it wrote when it fails or takes too long. */
export async function runToEnd(command: string, args: readonly string[], options?: ProgramOptions): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${(stderr + stdout).slice(-OUTPUT_TAIL).trim()}`);
}

/** Runs a program to its end, however that is. The code is null when a signal ended it. */
export async function attempt(
  command: string,
  args: readonly string[],
  { env, input, timeoutMs = TIMEOUT_MS }: ProgramOptions = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, timeout: timeoutMs, stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined); // it has ended without reading
  child.stdin.end(input ?? '');
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
