import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@voltbus/infra';
import { kitPlaces } from './kit';
import { openContext } from './kubeconfig';
import { runInfra, serversOf, serversPrinted, type Target } from './target';

/** Where the test runs when it is not on the cluster that `up` started. */
export interface ForeignCluster {
  /** As `KUBECONFIG`. */
  kubeconfig: string;
  context: string | undefined;
  image: string;
  newerImage: string | null;
  /** An address of this machine that pods reach, for servers that are started for the test; null: the environment names servers. */
  host: string | null;
}

/** Somebody else's cluster, with servers for this test; `stop` ends those that were started and removes what they kept. */
export async function openForeignTarget(
  { kubeconfig, context, image, newerImage, host }: ForeignCluster,
  environment: NodeJS.ProcessEnv,
): Promise<{ target: Target; stop(): Promise<void> }> {
  const opened = await openContext(kubeconfig, context, (await kitPlaces()).bin);
  const folder = join(ROOT, '.voltbus', `cluster-test-${process.pid}`);
  const stop = async (): Promise<void> => {
    if (host !== null) await runInfra(folder, 'down');
    rmSync(folder, { recursive: true, force: true });
    opened.remove();
  };
  try {
    const servers =
      host === null
        ? serversOf((name) => environment[name])
        : serversPrinted((await runInfra(folder, 'up', { VOLTBUS_INFRA_HOST: host })) + (await runInfra(folder, 'status')));
    return { target: { env: opened.env, ...servers, images: { one: image, newer: newerImage }, foreign: true }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
