import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@voltbus/testing';

/** Works without an event loop, as an installation does, until a file is there. */
const SCRIPT = `
  const fs = require('node:fs');
  const [, module, go] = process.argv;
  require(module).alone('lock', () => process.stdout.write('waits\\n'), () => {
    fs.appendFileSync('log', 'begin ' + process.pid + '\\n');
    process.stdout.write('works\\n');
    while (!fs.existsSync(go)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    fs.appendFileSync('log', 'end ' + process.pid + '\\n');
  });`;

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voltbus-alone-'));
  children = [];
});
afterEach(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'close');
  rmSync(folder, { recursive: true, force: true });
});

function start(go: string): { child: ChildProcess; printed(word: string): Promise<void>; end: Promise<unknown> } {
  const child = spawn(process.execPath, ['-e', SCRIPT, join(__dirname, 'alone.cjs'), go], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const printed = (word: string): Promise<void> => until(`process ${child.pid} prints '${word}'`, () => output.includes(word));
  return { child, printed, end: once(child, 'close') };
}

const log = (): string[] => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');

describe('work that one process does alone in a folder', () => {
  it('waits, with a message, for the process that is at it', async () => {
    const first = start('go');
    await first.printed('works');
    const second = start('go');
    await second.printed('waits');
    writeFileSync(join(folder, 'go'), '');
    await Promise.all([first.end, second.end]);
    expect(log()).toEqual([first.child, second.child].flatMap(({ pid }) => [`begin ${pid}`, `end ${pid}`]));
  });

  it('passes on when its process is killed', async () => {
    const killed = start('never');
    await killed.printed('works');
    const second = start('go');
    await second.printed('waits');
    writeFileSync(join(folder, 'go'), '');
    killed.child.kill('SIGKILL');
    await second.end;
    expect(log()).toEqual([`begin ${killed.child.pid}`, `begin ${second.child.pid}`, `end ${second.child.pid}`]);
  });

  it('is done by one at a time of many that start at the same moment', async () => {
    writeFileSync(join(folder, 'go'), '');
    const many = Array.from({ length: 6 }, () => start('go'));
    await Promise.all(many.map(({ end }) => end));
    const lines = log();
    expect(lines).toHaveLength(12);
    for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace('begin', 'end'));
    expect(existsSync(join(folder, 'lock', 'owner.1'))).toBe(false);
  });
});
