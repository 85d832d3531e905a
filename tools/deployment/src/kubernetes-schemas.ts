import Ajv from 'ajv';
import { CUSTOM_RESOURCES } from './custom-resources';
import type { KubernetesObject } from './render';

interface Model {
  validate(): void;
}
const validators = new Map(Object.entries(CUSTOM_RESOURCES).map(([kind, schema]) => [kind, new Ajv({ strict: false }).compile(schema)]));

/** The problems of an object by the schema of its kind, members included that are not in the schema. */
export function schemaProblems(object: KubernetesObject): string[] {
  const { apiVersion, kind, metadata } = object;
  const place = `${kind} ${metadata.name}`;
  const custom = validators.get(`${apiVersion}/${kind}`);
  if (custom !== undefined) return custom(object) ? [] : (custom.errors ?? []).map((one) => `${place}${one.instancePath}: ${one.message}`);
  const type = modelOf(apiVersion, kind);
  if (type === null) return [`${place}: no schema of ${apiVersion}`];
  const read = new Set<string>();
  try {
    type.prototype.validate.call(recordReads(new type(object), '', read));
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

/** Records the members that are read. A compiled schema reads every member it knows, so that the others are not in the schema. */
function recordReads<T extends object>(value: T, path: string, read: Set<string>): T {
  return new Proxy(value, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof name === 'symbol' || !Object.hasOwn(target, name)) return member;
      const here = `${path}/${name}`;
      read.add(here);
      return typeof member === 'object' && member !== null ? recordReads(member, here, read) : member;
    },
  });
}

function membersOf(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [`${path}/${name}`, ...membersOf(member, `${path}/${name}`)]);
}
