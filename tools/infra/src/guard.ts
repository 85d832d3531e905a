import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

/** The guard's ear; there is a guard as long as there is something to guard. */
let ear: Writable | null = null;
const guarded = new Set<number>();

/** Sees to it that the process does not outlive this one, whatever way this one ends. `gone` resolves when it has ended by itself. */
export function guard(pid: number, gone: Promise<unknown>): void {
  guarded.add(pid);
  ear ??= startGuard();
  ear.write(`+${pid}\n`);
  void gone.then(() => {
    guarded.delete(pid);
    ear?.write(`-${pid}\n`);
    if (guarded.size > 0) return;
    ear?.end();
    ear = null;
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
