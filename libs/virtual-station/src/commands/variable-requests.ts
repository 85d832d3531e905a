import { listOf, recordOf, textOf } from './payload-values';
import type { Payload } from './station-controls';

/** The name under which a variable of 2.x is stored. */
export function storedName(component: unknown, variable: unknown, has: (name: string) => boolean): string {
  const { name, instance } = recordOf(variable);
  const own = instance === undefined ? textOf(name) : `${textOf(name)}[${textOf(instance)}]`;
  const qualified = `${textOf(recordOf(component)['name'])}.${own}`;
  return has(qualified) ? qualified : own;
}

/** How many variables a request names. */
export function itemsOf(payload: Payload): number {
  const { getVariableData, setVariableData, key } = payload;
  return Array.isArray(key) ? key.length : listOf(getVariableData ?? setVariableData).length;
}
