import type { Context } from '../context';
import { RELEASE } from '../context';
import { inWords, whileCharging } from '../fleet';
import { COMPONENTS, untilPods } from './disruptions';
import { demand, type Check } from './check';

interface Node {
  metadata: { name: string };
}

export const drain: Check = {
  name: 'drain',
  about: 'each workload is spread over the nodes, and one node is drained: its pods go to the other by their PDBs',
  leftOut: async ({ target, kubernetes }) => {
    if (target.foreign) return 'it cordons a node';
    return (await kubernetes.get<Node>('nodes')).length < 2 ? 'there is one node' : null;
  },
  run: async (context) => {
    const { kubernetes } = context;
    const nodes = (await kubernetes.get<Node>('nodes')).map(({ metadata }) => metadata.name).sort();
    for (const component of COMPONENTS)
      demand(
        (await nodesOf(context, component)).join() === nodes.join(),
        `${component} is on ${(await nodesOf(context, component)).join()}`,
      );
    const drained = nodes.at(-1) ?? '';
    try {
      const report = await whileCharging(context, async () => {
        const selector = `--pod-selector=app.kubernetes.io/instance=${RELEASE}`;
        await kubernetes.kubectl(['drain', drained, '--delete-emptydir-data', '--ignore-daemonsets', selector, '--timeout=300s']);
        for (const component of COMPONENTS) {
          await untilPods(context, component, 2);
          demand(!(await nodesOf(context, component)).includes(drained), `${component} is still on ${drained}`);
        }
      });
      return `${COMPONENTS.length} workloads on ${nodes.length} nodes each, then on ${nodes.length - 1}; ${inWords(report)}`;
    } finally {
      await kubernetes.kubectl(['uncordon', drained]);
    }
  },
};

/** Names of the nodes on which a component's pods are, each once. */
async function nodesOf({ kubernetes }: Context, component: string): Promise<string[]> {
  return [...new Set((await kubernetes.pods(component)).map(({ spec }) => spec.nodeName ?? ''))].sort();
}
