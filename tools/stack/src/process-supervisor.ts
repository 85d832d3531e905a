import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, watch } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { guard } from '@voltbus/infra';
import type { RunFile } from './facts';

const ROOT = resolve(__dirname, '../../..');
const READY_SECONDS = 120;
/** A process that runs so long after its own deadline hangs, and is killed. */
const GRACE_SECONDS = 5;
const LOG_TAIL = 3_000;

interface ProcessSupervisorOptions {
  name: string;
  /** The program: a folder of `apps/`. */
  app: string;
  environment: NodeJS.ProcessEnv;
  /** For the log and the run file of the process. */
  folder: string;
  /** The process may take so long to stop. */
  drainSeconds: number;
}

/** Starts, watches and stops one process of the stack. A process that died is started again only on request. */
export class ProcessSupervisor {
  readonly name: string;
  facts: RunFile | null = null;
  private child: ChildProcess | null = null;

  constructor(
    private readonly options: ProcessSupervisorOptions,
    private readonly onChanged: () => void,
  ) {
    this.name = options.name;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  get logFile(): string {
    return join(this.options.folder, `${this.name}.log`);
  }

  /** Resolves when the process is ready. Rejects with the end of its log when it ends before. */
  async start(): Promise<void> {
    if (this.child !== null) throw new Error(`${this.name} is running`);
    const { app, environment, folder } = this.options;
    const runFile = join(folder, `${this.name}.run.json`);
    rmSync(runFile, { force: true });
    const log = openSync(this.logFile, 'a');
    // It has a process group of its own, so that Ctrl-C stops the processes in order, through the stack.
    const child = spawn(process.execPath, ['--enable-source-maps', join(ROOT, 'apps', app, 'dist', 'main.js')], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...environment, VOLTBUS_RUN_FILE: runFile },
    });
    closeSync(log);
    this.child = child;
    const gone = new Promise((done) => child.once('exit', done));
    void gone.then(() => {
      this.child = null;
      this.onChanged();
    });
    if (child.pid !== undefined) guard(child.pid, gone);
    this.facts = await this.whenReady(child, runFile);
    this.onChanged();
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === null) return;
    const exit = new Promise((gone) => child.once('exit', gone));
    child.kill('SIGTERM');
    child.kill('SIGCONT'); // a paused process takes no other signal
    const timer = setTimeout(() => child.kill('SIGKILL'), (this.options.drainSeconds + GRACE_SECONDS) * 1_000);
    await exit;
    clearTimeout(timer);
  }

  kill(): void {
    this.child?.kill('SIGKILL');
  }

  private whenReady(child: ChildProcess, runFile: string): Promise<RunFile> {
    return new Promise((resolveFacts, reject) => {
      const watcher = watch(dirname(runFile), () => look());
      const timer = setTimeout(() => fail(`is not ready after ${READY_SECONDS} s`), READY_SECONDS * 1_000);
      const done = (): void => {
        watcher.close();
        clearTimeout(timer);
        child.off('exit', died);
      };
      const fail = (why: string): void => {
        done();
        reject(new Error(`${this.name} ${why}:\n${readFileSync(this.logFile, 'utf8').slice(-LOG_TAIL)}`));
      };
      const died = (code: number | null): void => fail(`ended with ${code ?? 'a signal'}`);
      const look = (): void => {
        const text = existsSync(runFile) ? readFileSync(runFile, 'utf8') : '';
        if (!text.endsWith('\n')) return; // it is not there, or not complete
        done();
        resolveFacts(JSON.parse(text) as RunFile); // written by runProcess
      };
      child.once('exit', died);
      look();
    });
  }
}
