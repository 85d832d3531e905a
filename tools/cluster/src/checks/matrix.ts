import { MATRIX, render, type KubernetesObject } from '@voltbus/deployment';
import type { Check } from './check';

/** Groups of other projects, whose definitions this cluster does not have. They are checked by hand-written schemas in tools/deployment. */
const FOREIGN = ['monitoring.coreos.com', 'keda.sh', 'external-secrets.io', 'cert-manager.io', 'gateway.networking.k8s.io'];

export const matrix: Check = {
  name: 'matrix',
  about: 'every set of values is accepted by the API server (kubectl apply --dry-run=server --validate=strict)',
  run: async ({ kubernetes }) => {
    let [accepted, foreign] = [0, 0];
    const inNamespace = kubernetes.inNamespace('default'); // not the release's, whose objects would be changed
    for (const [values, files] of Object.values(MATRIX)) {
      const objects = render(values, files);
      const own = objects.filter(({ apiVersion }) => !FOREIGN.includes(apiVersion.split('/')[0] ?? ''));
      await inNamespace.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], { input: own.map(asInput).join('\n---\n') });
      accepted += own.length;
      foreign += objects.length - own.length;
    }
    return `${accepted} objects of ${Object.keys(MATRIX).length} sets of values accepted; ${foreign} of other projects left out`;
  },
};

function asInput(object: KubernetesObject): string {
  return JSON.stringify({ ...object, metadata: { ...object.metadata, namespace: undefined } });
}
