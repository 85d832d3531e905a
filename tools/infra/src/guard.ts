import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

/** Standard input of the guard process, which runs as long as there is something to guard. */
let guardInput: Writable | null = null;
const guarded = new Set<number>();

/** Ends the process when this one ends, in whatever way. `gone` resolves when it has ended by itself. */
export function guard(pid: number, gone: Promise<unknown>): void {
  guarded.add(pid);
  guardInput ??= startGuard();
  guardInput.write(`+${pid}\n`);
  void gone.then(() => {
    guarded.delete(pid);
    guardInput?.write(`-${pid}\n`);
    if (guarded.size > 0) return;
    guardInput?.end();
    guardInput = null;
  });
}

function startGuard(): Writable {
  // A process group of its own: what ends us must not end it.
  const child = spawn(process.execPath, [join(__dirname, 'guard-process.cjs')], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.stdin.on('error', () => undefined); // it was killed: then nobody guards
  return child.stdin;
}
