import type { Context } from '../context';
import { isReady, until } from '../kubernetes';
import { restrictedPod } from '../restricted-pod';
import { COMPONENTS } from './disruptions';
import { demand, type Check } from './check';

const FOREIGN = 'foreign';
const PORTS = [8080, 9000, 9090];
/** What any pod may reach: the doors of stations and of the API. */
const MEANT = ['gateway:9000', 'api:8080'];

/** Prints those of its arguments, `host:port`, that accept a connection. A policy rejects or drops it. */
const PROBE = `
const { connect } = require('node:net');
const open = (place) => new Promise((done) => {
  const [host, port] = place.split(':');
  const socket = connect({ host, port, timeout: 3000 });
  for (const [event, is] of [['connect', true], ['error', false], ['timeout', false]]) socket.once(event, () => (socket.destroy(), done(is)));
});
Promise.all(process.argv.slice(1).map(async (place) => ((await open(place)) ? place : []))).then((found) => console.log(found.flat().join(' ')));`;

export const network: Check = {
  name: 'network',
  about: 'a foreign pod reaches the OCPP port and the API and nothing else, and no workload reaches what it need not',
  run: async (context) => {
    const { kubernetes, fleets } = context;
    await until('every pod is ready', async () =>
      (await kubernetes.pods()).every((pod) => isReady(pod) || pod.status.phase === 'Succeeded'),
    );
    await fleets.apply(restrictedPod(FOREIGN, { values: context.values, command: ['sleep', '600'] }));
    await fleets.kubectl(['wait', '--for=condition=Ready', `pod/${FOREIGN}`, '--timeout=60s']);
    try {
      const places = await placesOfRelease(context);
      const reached = await reachable(context, 'fleets', FOREIGN, [...places.keys()]);
      const names = [...new Set(reached.map((place) => places.get(place) ?? place))].sort();
      demand(names.join() === [...MEANT].sort().join(), `a foreign pod reaches ${names.join(', ')} instead of ${MEANT.join(', ')}`);
      const attempts = await demandEgress(context);
      return `from outside ${names.join(' and ')} of ${places.size} addresses; ${attempts} ways out tried`;
    } finally {
      await fleets.kubectl(['delete', 'pod', FOREIGN, '--wait=false']);
    }
  },
};

/** Every address of a pod, and what it is. */
async function placesOfRelease({ kubernetes }: Context): Promise<Map<string, string>> {
  const pods = (await kubernetes.pods()).filter(isReady);
  return new Map(
    pods.flatMap(({ metadata, status }) =>
      PORTS.map((port) => [`${status.podIP}:${port}`, `${metadata.labels['app.kubernetes.io/component']}:${port}`] as const),
    ),
  );
}

async function reachable(context: Context, where: 'kubernetes' | 'fleets', pod: string, places: readonly string[]): Promise<string[]> {
  const printed = await context[where].exec(pod, ['node', '-e', PROBE, ...places]);
  return printed
    .trim()
    .split(' ')
    .filter((place) => place !== '');
}

/** Each workload reaches the servers that it must, and neither the others nor its neighbours. */
async function demandEgress(context: Context): Promise<number> {
  const { brokers, databaseUrl, redisUrl } = context.target;
  const [database, redis] = [new URL(databaseUrl).host, new URL(redisUrl).host];
  let attempts = 0;
  for (const component of COMPONENTS) {
    const pod = (await context.kubernetes.pods(component)).find(isReady)?.metadata.name ?? '';
    const needed = [...brokers, redis, ...(component === 'gateway' ? [] : [database])];
    const neighbour = component === 'api' ? 'gateway' : 'api'; // a pod always reaches itself
    const neighbours = (await context.kubernetes.pods(neighbour))
      .filter(isReady)
      .flatMap(({ status }) => PORTS.map((port) => `${status.podIP}:${port}`));
    const places = [...brokers, redis, database, 'kubernetes.default:443', 'kube-dns.kube-system:9153', ...neighbours];
    const found = await reachable(context, 'kubernetes', pod, places);
    attempts += places.length;
    demand(
      [...found].sort().join() === [...needed].sort().join(),
      `${component} reaches ${found.join(', ')} instead of ${needed.join(', ')}`,
    );
  }
  return attempts;
}
