import { RELEASE, SECRET, createNamespace } from '../context';
import { demand, type Check } from './check';

export const trial: Check = {
  name: 'trial',
  about: 'embedded.enabled: one pod, helm test, and its data after the pod was killed',
  run: async ({ kubernetes, trial, values: { image }, secrets }) => {
    await createNamespace(trial, kubernetes.namespace);
    try {
      const { 'admin-key': adminKey, 'key-pepper': keyPepper } = secrets;
      const stringData = { 'admin-key': adminKey, 'key-pepper': keyPepper };
      await trial.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: SECRET }, stringData });
      await trial.install(RELEASE, { image, embedded: { enabled: true }, keys: { existingSecret: SECRET } });
      await trial.helm(['test', RELEASE, '--timeout', '180s']);
      const pod = `${RELEASE}-standalone-0`;
      const before = await cdrs();
      await trial.kubectl(['delete', 'pod', pod, '--grace-period=0', '--force']);
      await trial.kubectl(['rollout', 'status', `statefulset/${RELEASE}-standalone`, '--timeout=180s']);
      const after = await cdrs();
      demand(before > 0 && after === before, `${before} CDRs before the kill, ${after} after it`);
      await trial.helm(['test', RELEASE, '--timeout', '180s']);
      return `${before} CDRs before and after the kill; more are charged`;
    } finally {
      await trial.kubectl(['delete', 'namespace', trial.namespace, '--timeout=180s']);
    }

    async function cdrs(): Promise<number> {
      const script = `fetch('http://127.0.0.1:8080/v1/cdrs?limit=200', { headers: { authorization: 'Bearer ' + require('node:fs').readFileSync('/etc/voltbus/secrets/admin-key', 'utf8'), 'voltbus-tenant': 'helm-test' } }).then((answer) => answer.json()).then(({ items }) => console.log(items.length))`;
      return Number(await trial.exec(`${RELEASE}-standalone-0`, ['node', '-e', script]));
    }
  },
};
