import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { helm } from './helm';

export const ROOT = resolve(__dirname, '../../..');
export const CHART = join(ROOT, 'helm/voltbus');

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  [member: string]: unknown;
}

/** The objects of a release called `charge` in the namespace `ocpp`, hooks and tests included. */
export function render(values: object, files: readonly string[] = []): KubernetesObject[] {
  return withValues(values, (file) => {
    const args = ['template', 'charge', CHART, '--namespace', 'ocpp', ...files.flatMap((one) => ['-f', join(CHART, one)]), '-f', file];
    return parseAllDocuments(helm(args))
      .map((document) => {
        if (document.errors[0] !== undefined) throw document.errors[0];
        return document.toJS() as KubernetesObject | null;
      })
      .filter((object) => object !== null);
  });
}

export function withValues<T>(values: object, use: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-chart-'));
  try {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, stringify(values));
    return use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
