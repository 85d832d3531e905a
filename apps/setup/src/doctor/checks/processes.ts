import { failure, ok, reasonOf, type Finding } from '../finding';
import { examineClock } from './clock';
import { nodeFinding } from './node';

/** A process that has not answered within this time is taken for one that hangs. */
const ANSWER_MS = 5_000;
/** Of the metrics of one process, so much is kept for the support bundle. */
const MAX_METRICS_BYTES = 1_000_000;

/** A process, by its internal URL, with what it showed. */
export interface ExaminedProcess {
  url: string;
  findings: Finding[];
  /** What it answered to `/metrics`; empty where it did not. */
  metrics: string;
}

/** Asks each process at its internal port whether it is ready, and for its metrics. */
export function examineProcesses(urls: readonly string[]): Promise<ExaminedProcess[]> {
  return Promise.all(urls.map(examineProcess));
}

async function examineProcess(url: string): Promise<ExaminedProcess> {
  try {
    const sentAt = Date.now();
    const ready = await ask(`${url}/ready`);
    const middle = (sentAt + Date.now()) / 2;
    const metrics = (await (await ask(`${url}/metrics`)).text()).slice(0, MAX_METRICS_BYTES);
    const { reasons = [] } = (await ready.json()) as { reasons?: string[] }; // as the internal server writes it
    const name = `${labelOf(metrics, 'process') ?? 'a process'} at ${url}`;
    const version = labelOf(metrics, 'node');
    // The header has whole seconds, and half of one is in the middle.
    const clock = Date.parse(ready.headers.get('date') ?? '') + 500 - middle;
    return {
      url,
      metrics,
      findings: [
        reasons.length === 0
          ? ok('processes.ready', `${name} is ready`)
          : failure('processes.ready', `${name} is not ready: ${reasons.join('; ')}`, 'mend what it names; see its log'),
        ...(version === null ? [] : [nodeFinding('processes.node', name, version)]),
        ...(Number.isNaN(clock) ? [] : [examineClock('processes.clock', name, clock)]),
      ],
    };
  } catch (error) {
    const remedy = 'start the process, or mend the URL: it is the internal port (VOLTBUS_INTERNAL_PORT)';
    return { url, metrics: '', findings: [failure('processes.ready', `${url} does not answer: ${reasonOf(error)}`, remedy)] };
  }
}

function ask(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
}

/** A label of `csms_build_info`. */
function labelOf(metrics: string, label: string): string | null {
  const info = /^csms_build_info\{(.*)\}/m.exec(metrics)?.[1] ?? '';
  return new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(info)?.[1] ?? null;
}
