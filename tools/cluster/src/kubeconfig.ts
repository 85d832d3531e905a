import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runToEnd } from './run-program';

interface Named {
  name: string;
}
/** What kubectl makes of one or several kubeconfigs. */
interface Kubeconfig {
  contexts?: (Named & { context: { cluster: string; user: string } })[] | null;
  clusters?: Named[] | null;
  users?: Named[] | null;
}

/**
 * A kubeconfig of one context alone, so that no program comes to another cluster, whatever becomes the current context meanwhile. Throws where the context is not
 * named, or not there: the current context of a kubeconfig is confirmed by nobody.
 */
export function onlyContext({ contexts, clusters, users }: Kubeconfig, name: string | undefined): object {
  const known = (contexts ?? []).map((one) => one.name);
  if (known.length === 0) throw new Error('the kubeconfig has no contexts');
  const found = contexts?.find((one) => one.name === name);
  if (found === undefined) {
    const given = name === undefined ? 'nothing says on which cluster the test may run' : `there is no context ${name}`;
    throw new Error(`${given}: --context must be one of ${known.join(', ')}`);
  }
  return {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': found.name },
    contexts: [found],
    clusters: (clusters ?? []).filter((one) => one.name === found.context.cluster),
    users: (users ?? []).filter((one) => one.name === found.context.user),
  };
}

/** Environment for kubectl and helm, and how its file is removed. */
interface OpenedContext {
  env: Readonly<Record<string, string>>;
  remove(): void;
}

/** Opens a context of the kubeconfigs, several of which are separated as in `KUBECONFIG`. `bin` is where else the programs may be found. */
export async function openContext(kubeconfig: string, context: string | undefined, bin: string): Promise<OpenedContext> {
  const path = `${process.env['PATH'] ?? ''}${delimiter}${bin}`;
  const args = ['config', 'view', '--raw', '--flatten', '-o', 'json'];
  const text = await runToEnd('kubectl', args, { env: { KUBECONFIG: kubeconfig, PATH: path } });
  const only = onlyContext(JSON.parse(text) as Kubeconfig, context); // as kubectl prints it
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-kubeconfig-'));
  const file = join(folder, 'config');
  writeFileSync(file, JSON.stringify(only), { mode: 0o600 });
  chmodSync(folder, 0o700);
  return { env: { KUBECONFIG: file, PATH: path }, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
