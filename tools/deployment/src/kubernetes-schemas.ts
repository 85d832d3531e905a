import Ajv from 'ajv';
import { CUSTOM_RESOURCES } from './custom-resources';
import type { KubernetesObject } from './render';

interface Model {
  validate(): void;
}
const validators = new Map(Object.entries(CUSTOM_RESOURCES).map(([kind, schema]) => [kind, new Ajv({ strict: false }).compile(schema)]));

/** What is wrong with an object by the schema of its kind, members included that the schema does not know. */
export function schemaProblems(object: KubernetesObject): string[] {
  const { apiVersion, kind, metadata } = object;
  const place = `${kind} ${metadata.name}`;
  const custom = validators.get(`${apiVersion}/${kind}`);
  if (custom !== undefined) return custom(object) ? [] : (custom.errors ?? []).map((one) => `${place}${one.instancePath}: ${one.message}`);
  const type = modelOf(apiVersion, kind);
  if (type === null) return [`${place}: no schema of ${apiVersion}`];
  const read = new Set<string>();
  try {
    type.prototype.validate.call(watched(new type(object), '', read));
  } catch (error) {
    return [`${place}: ${error instanceof Error ? error.message : String(error)}`];
  }
  return membersOf(object, '')
    .filter((path) => !read.has(path))
    .map((path) => `${place}: the schema does not know ${path}`);
}

function modelOf(apiVersion: string, kind: string): (new (data: object) => Model) | null {
  try {
    const models = require(`kubernetes-models/${apiVersion}`) as Record<string, new (data: object) => Model>;
    return models[kind] ?? null;
  } catch {
    return null;
  }
}

/** Compiled schemas read every member they know: what they never read is not theirs. */
function watched<T extends object>(value: T, path: string, read: Set<string>): T {
  return new Proxy(value, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof name === 'symbol' || !Object.hasOwn(target, name)) return member;
      const here = `${path}/${name}`;
      read.add(here);
      return typeof member === 'object' && member !== null ? watched(member, here, read) : member;
    },
  });
}

function membersOf(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [`${path}/${name}`, ...membersOf(member, `${path}/${name}`)]);
}
