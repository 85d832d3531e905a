import { RELEASE } from '../context';
import { isReady } from '../kubernetes';
import { demand, type Check } from './check';

export const install: Check = {
  name: 'install',
  about:
    'helm install on empty servers or on those of a run before, under Pod Security restricted; topics and migrations by the set-up Job',
  run: async ({ kubernetes, values }) => {
    await kubernetes.install(RELEASE, values);
    const pods = await kubernetes.pods();
    demand(pods.length >= 14 && pods.every(isReady), `not every pod is ready: ${pods.map(({ metadata }) => metadata.name).join(', ')}`);
    const restarts = pods.flatMap(({ status }) => (status.containerStatuses ?? []).map(({ restartCount }) => restartCount));
    const warnings = await kubernetes.get<{ message: string; reason: string }>('events', '--field-selector=type=Warning');
    const refused = warnings.filter(({ message }) => message.includes('PodSecurity'));
    demand(refused.length === 0, `Pod Security: ${refused[0]?.message}`);
    return `${pods.length} pods ready, ${restarts.reduce((sum, one) => sum + one, 0)} restarts`;
  },
};

export const helmTest: Check = {
  name: 'helm-test',
  about: 'helm test: a station of each version charges up to its CDR',
  run: async ({ kubernetes }) => {
    await kubernetes.helm(['test', RELEASE, '--timeout', '180s']);
    const log = await kubernetes.kubectl(['logs', `${RELEASE}-test`]);
    return /^sessions .*/m.exec(log)?.[0] ?? '';
  },
};

export const uninstall: Check = {
  name: 'uninstall',
  about: 'helm uninstall leaves nothing of the release but the Secrets, and a second install works on what the servers keep',
  run: async ({ kubernetes, values }) => {
    await kubernetes.helm(['uninstall', RELEASE, '--wait', '--timeout', '180s']);
    const kinds =
      'deployments,statefulsets,services,jobs,poddisruptionbudgets,networkpolicies,horizontalpodautoscalers,configmaps,serviceaccounts';
    const left = await kubernetes.get<{ kind: string; metadata: { name: string } }>(kinds, '-l', `app.kubernetes.io/instance=${RELEASE}`);
    demand(left.length === 0, `left behind: ${left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')}`);
    await kubernetes.install(RELEASE, values);
    return 'nothing left; installed again';
  },
};
