import { MATRIX, render, type KubernetesObject } from '@voltbus/deployment';
import type { Context } from '../context';
import { demand, type Check } from './check';

export const matrix: Check = {
  name: 'matrix',
  about:
    'every set of values is accepted by the API server (kubectl apply --dry-run=server --validate=strict), objects of other projects included',
  run: async (context) => {
    const known = await knownKinds(context);
    let [accepted, leftOut] = [0, 0];
    const custom = new Map<string, KubernetesObject>();
    for (const [values, files] of Object.values(MATRIX)) {
      const objects = render(values, files);
      const own = objects.filter((object) => known.has(kindOf(object)));
      await dryRun(context, own);
      for (const object of own.filter(isCustom)) custom.set(kindOf(object), object);
      accepted += own.length;
      leftOut += objects.length - own.length;
    }
    demand(context.target.foreign || leftOut === 0, `${leftOut} objects are of kinds that the cluster does not know`);
    for (const object of custom.values()) await demandRefusal(context, object);
    const counted = `${accepted} objects of ${Object.keys(MATRIX).length} sets of values accepted`;
    return `${counted}, of ${custom.size} kinds of other projects too; ${leftOut} of kinds that are not defined here left out`;
  },
};

const kindOf = ({ apiVersion, kind }: KubernetesObject): string => `${apiVersion} ${kind}`;

/** Groups of Kubernetes' own have no dot, or end in k8s.io; the Gateway API is no part of it. */
function isCustom({ apiVersion }: KubernetesObject): boolean {
  const [group = ''] = apiVersion.split('/');
  return group.includes('.') && (!group.endsWith('.k8s.io') || group.startsWith('gateway.'));
}

/** `apiVersion kind` of all that the API server serves in namespaces. */
async function knownKinds({ fleets }: Context): Promise<Set<string>> {
  const lines = (await fleets.kubectl(['api-resources', '--namespaced=true', '--no-headers'])).trim().split('\n');
  return new Set(lines.map((line) => line.trim().split(/\s+/)).map((words) => `${words.at(-3)} ${words.at(-1)}`));
}

/** In the namespace of fleets: in that of the release, its own objects would be changed. */
async function dryRun({ fleets }: Context, objects: readonly object[]): Promise<void> {
  await fleets.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], { input: objects.map(asInput).join('\n---\n') });
}

/** A definition without a schema would accept anything. */
async function demandRefusal(context: Context, object: KubernetesObject): Promise<void> {
  const planted = { ...object, spec: { ...(object['spec'] as object), planted: true } };
  const refusal = await dryRun(context, [planted]).then(
    () => 'it was accepted',
    (error: unknown) => String(error),
  );
  demand(/unknown field "spec\.planted"/.test(refusal), `an unknown member of ${kindOf(object)} was not refused: ${refusal}`);
}

function asInput(object: object): string {
  const { metadata } = object as KubernetesObject;
  return JSON.stringify({ ...object, metadata: { ...metadata, namespace: undefined } });
}
