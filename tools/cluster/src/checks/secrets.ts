import { RELEASE, type Context } from '../context';
import { demand, type Check } from './check';

export const secrets: Check = {
  name: 'secrets',
  about: 'no secret stands in an object other than its Secret, in the environment of a process, in a log, or in the record of the release',
  run: async (context) => {
    const texts = await textsOf(context);
    const wanted = Object.entries(context.secrets).flatMap(([name, value]) => [[name, value] as const, ...passwordOf(name, value)]);
    for (const [place, text] of texts) for (const [name, value] of wanted) demand(!text.includes(value), `${place} has ${name}`);
    // each process can read its own: the comparison would find them
    const [api] = await context.kubernetes.pods('api');
    const file = await context.kubernetes.exec(api?.metadata.name ?? '', ['cat', '/etc/voltbus/secrets/admin-key']);
    demand(file === context.secrets['admin-key'], 'the API has another key than its Secret');
    return `${wanted.length} values in none of ${texts.size} texts`;
  },
};

function passwordOf(name: string, value: string): (readonly [string, string])[] {
  const password = URL.canParse(value) ? new URL(value).password : '';
  return password === '' ? [] : [[`the password of ${name}`, password]];
}

/** Everything that people and programs without a right to Secrets may come to read. */
async function textsOf({ kubernetes }: Context): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const kinds = ['configmaps', 'pods', 'deployments', 'jobs', 'replicasets', 'events', 'services'];
  for (const kind of kinds) texts.set(kind, await kubernetes.kubectl(['get', kind, '-o', 'yaml']));
  for (const part of ['manifest', 'values', 'notes', 'hooks']) texts.set(`helm get ${part}`, await kubernetes.helm(['get', part, RELEASE]));
  for (const { metadata, status } of await kubernetes.pods()) {
    texts.set(`log of ${metadata.name}`, await kubernetes.kubectl(['logs', metadata.name, '--tail=-1']).catch(() => ''));
    if (status.phase === 'Running')
      texts.set(`environment of ${metadata.name}`, await kubernetes.exec(metadata.name, ['cat', '/proc/1/environ']));
  }
  return texts;
}
