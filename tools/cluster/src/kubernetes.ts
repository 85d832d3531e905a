import { setTimeout as pause } from 'node:timers/promises';
import { CHART } from '@voltbus/deployment';
import { stringify } from 'yaml';
import { attempt, runToEnd, type ProgramOptions } from './run-program';

const LOOK_MS = 500;

interface Pod {
  metadata: { name: string; uid: string; labels: Record<string, string>; deletionTimestamp?: string };
  spec: { nodeName?: string; containers: { image: string }[] };
  status: {
    phase: string;
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: { restartCount: number }[];
  };
}

/** kubectl and helm in one namespace of a cluster. */
export class Kubernetes {
  constructor(
    private readonly env: Readonly<Record<string, string>>,
    readonly namespace: string,
  ) {}

  inNamespace(namespace: string): Kubernetes {
    return new Kubernetes(this.env, namespace);
  }

  kubectl(args: readonly string[], options: ProgramOptions = {}): Promise<string> {
    return runToEnd('kubectl', ['-n', this.namespace, ...args], { ...options, env: this.env });
  }

  attemptKubectl(args: readonly string[], options: ProgramOptions = {}): ReturnType<typeof attempt> {
    return attempt('kubectl', ['-n', this.namespace, ...args], { ...options, env: this.env });
  }

  helm(args: readonly string[], options: ProgramOptions = {}): Promise<string> {
    return runToEnd('helm', ['-n', this.namespace, ...args], { ...options, env: this.env });
  }

  attemptHelm(args: readonly string[], options: ProgramOptions = {}): ReturnType<typeof attempt> {
    return attempt('helm', ['-n', this.namespace, ...args], { ...options, env: this.env });
  }

  /** Installs or upgrades the chart and waits until it is ready. */
  async install(release: string, values: object, { seconds = 480 } = {}): Promise<void> {
    await this.helm(['upgrade', '--install', release, CHART, '-f', '-', '--wait', '--timeout', `${seconds}s`], {
      input: stringify(values),
    });
  }

  /** Upgrades the chart, which must fail within the time; returns what Helm said. */
  async upgradeFails(release: string, values: object, seconds: number): Promise<string> {
    const args = ['upgrade', release, CHART, '-f', '-', '--wait', '--timeout', `${seconds}s`];
    const { code, stdout, stderr } = await this.attemptHelm(args, { input: stringify(values) });
    if (code === 0) throw new Error('an upgrade that must fail did not');
    return stdout + stderr;
  }

  async apply(object: object): Promise<void> {
    await this.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
  }

  async get<T>(kind: string, ...args: string[]): Promise<T[]> {
    return (JSON.parse(await this.kubectl(['get', kind, ...args, '-o', 'json'])) as { items: T[] }).items; // as the API server has it
  }

  /** Pods of a component that are not about to go. */
  async pods(component?: string): Promise<Pod[]> {
    const selector = component === undefined ? [] : ['-l', `app.kubernetes.io/component=${component}`];
    return (await this.get<Pod>('pods', ...selector)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  exec(pod: string, command: readonly string[]): Promise<string> {
    return this.kubectl(['exec', pod, '--', ...command]);
  }

  rollout(deployment: string, seconds = 240): Promise<string> {
    return this.kubectl(['rollout', 'status', `deployment/${deployment}`, `--timeout=${seconds}s`]);
  }
}

/** Asks again until there is an answer other than null or false; rejects when the time is over. */
export async function until<T>(what: string, ask: () => Promise<T | null | false>, seconds = 120): Promise<T> {
  for (const end = Date.now() + seconds * 1_000; ; await pause(LOOK_MS)) {
    const found = await ask();
    if (found !== null && found !== false) return found;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
  }
}

export function isReady({ status }: Pod): boolean {
  return (status.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');
}
