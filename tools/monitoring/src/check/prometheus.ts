import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProgram, freePorts, runCommand } from '@voltbus/infra';
import { stringify } from 'yaml';
import { alertFile } from '../alert-file';
import { prometheusFolder } from '../promtool';

const SCRAPE_SECONDS = 2;
const READY_TRIES = 120;
const READY_EVERY_MS = 500;

/** A process to be scraped: its name stands for the pod. */
export interface Target {
  readonly name: string;
  readonly internalUrl: string;
}

interface Sample {
  metric: Record<string, string>;
}

export interface Exemplar {
  seriesLabels: Record<string, string>;
  exemplars: { labels: Record<string, string>; value: string; timestamp: number }[];
}

export interface Prometheus {
  query(expression: string): Promise<Sample[]>;
  /** Exemplars of the series that the expression names, of the last hour. */
  exemplars(expression: string): Promise<Exemplar[]>;
  /** The labels of all series of a metric; null where there is none. */
  labelsOf(metric: string): Promise<Set<string> | null>;
  stop(): Promise<void>;
}

/** Starts a Prometheus with the alert rules, on a folder of its own. Throws where it cannot be had or does not start. */
export async function startPrometheus(targets: readonly Target[]): Promise<Prometheus> {
  const programs = prometheusFolder();
  if (programs === null) throw new Error('prometheus is not installed, and apt-get could not download it');
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-prometheus-'));
  writeFileSync(join(folder, 'alerts.yaml'), alertFile());
  writeFileSync(join(folder, 'prometheus.yml'), stringify(configOf(targets)));
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
  ];
  const program = runCommand(`${programs}prometheus`, args, {});
  const stop = async () => {
    await endProgram(program, 'SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(url, () => program.output());
  } catch (error) {
    await stop();
    throw error;
  }
  const query = async (expression: string) =>
    (await answer<{ result: Sample[] }>(url, `query?query=${encodeURIComponent(expression)}`)).result;
  return {
    query,
    exemplars: (expression) => {
      const end = Date.now() / 1_000 + 60; // clocks of processes are not asked
      return answer(url, `query_exemplars?query=${encodeURIComponent(expression)}&start=${end - 3_600}&end=${end}`);
    },
    labelsOf: async (metric) => {
      const series = await answer<Record<string, string>[]>(url, `series?match[]=${encodeURIComponent(metric)}`);
      return series.length === 0 ? null : new Set(series.flatMap((one) => Object.keys(one)));
    },
    stop,
  };
}

function configOf(targets: readonly Target[]): object {
  const statics = targets.map(({ name, internalUrl }) => ({
    targets: [new URL(internalUrl).host],
    labels: { namespace: 'stack', pod: name },
  }));
  return {
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, evaluation_interval: `${SCRAPE_SECONDS}s` },
    rule_files: ['alerts.yaml'],
    scrape_configs: [{ job_name: 'voltbus', static_configs: statics }],
  };
}

async function untilReady(url: string, output: () => string): Promise<void> {
  for (let tries = 0; tries < READY_TRIES; tries += 1) {
    const ready = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resume) => setTimeout(resume, READY_EVERY_MS));
  }
  throw new Error(`Prometheus is not ready after ${(READY_TRIES * READY_EVERY_MS) / 1_000} s:\n${output()}`);
}

async function answer<T>(url: string, path: string): Promise<T> {
  const response = await fetch(`${url}/api/v1/${path}`);
  const body = (await response.json()) as { status: string; data: T; error?: string };
  if (body.status !== 'success') throw new Error(body.error ?? `HTTP ${response.status}`);
  return body.data;
}
