import { MATRIX } from '../chart-values';
import { render, type KubernetesObject } from '../render';
import { podsOf } from '../rules';

/** What the chart makes of the values of that name in the matrix. */
export function ofMatrix(name: string): KubernetesObject[] {
  const found = MATRIX[name];
  if (found === undefined) throw new Error(`no values '${name}' in the matrix`);
  return render(...found);
}

/** An object of the release `charge` by the end of its name. Throws where there is none. */
export function named(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === `charge-voltbus-${name}`);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** The environment of a component's container, by its names. */
export function environmentOf(objects: readonly KubernetesObject[], component: string): Record<string, unknown> {
  const pod = podsOf(objects).find(({ labels }) => labels['app.kubernetes.io/component'] === component);
  return Object.fromEntries((pod?.spec.containers[0]?.env ?? []).map(({ name, value }) => [name, value]));
}

/** Names and numbers of a Service's ports. */
export function portsOf(objects: readonly KubernetesObject[], door: string): [string, number][] {
  const { ports } = named(objects, 'Service', door)['spec'] as { ports: { name: string; port: number }[] };
  return ports.map(({ name, port }) => [name, port]);
}
