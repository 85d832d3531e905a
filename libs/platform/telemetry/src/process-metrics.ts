import { readFileSync, readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Meter } from '@opentelemetry/api';

const RESOLUTION_MS = 10;
const QUANTILES = [0.5, 0.99, 1];
const NANOSECONDS = 1e9;

/** Metrics of every process, by the names that Prometheus's own clients use. */
export function measureProcess(meter: Meter): { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  meter
    .createObservableGauge('nodejs_eventloop_delay_seconds', { description: 'How late timers were since the last scrape, by quantile' })
    .addCallback((result) => {
      for (const quantile of QUANTILES) {
        const late = delay.count === 0 ? 0 : delay.percentile(quantile * 100) / NANOSECONDS - RESOLUTION_MS / 1_000;
        result.observe(Math.max(0, late), { quantile: String(quantile) });
      }
      delay.reset();
    });
  meter.createObservableCounter('process_cpu_seconds_total', { description: 'CPU time, user and system' }).addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe((user + system) / 1e6);
  });
  const gauge = (name: string, description: string, read: () => number) =>
    meter.createObservableGauge(name, { description }).addCallback((result) => result.observe(read()));
  const startedAt = Math.round(Date.now() / 1_000 - process.uptime());
  gauge('process_start_time_seconds', 'When the process started, Unix time', () => startedAt);
  gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss());
  gauge('process_open_fds', 'Open file descriptors; 0 where the system does not report them', openFiles);
  const mostFiles = openFilesLimit();
  gauge('process_max_fds', 'File descriptors that may be open; 0 where the system does not report it', () => mostFiles);
  gauge('nodejs_heap_used_bytes', 'Heap of V8 in use', () => getHeapStatistics().used_heap_size);
  gauge('nodejs_heap_limit_bytes', 'Heap of V8 beyond which the process ends', () => getHeapStatistics().heap_size_limit);
  return { stop: () => void delay.disable() };
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

function openFilesLimit(): number {
  try {
    const [, soft = '0'] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return Number(soft);
  } catch {
    return 0;
  }
}
