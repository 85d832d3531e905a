import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { FLAGS, PUBLIC_TOPICS, publicSchema } from '@voltbus/contracts';

/** A published event: its topic, its `ce_type` and its value. */
export interface PublishedEvent {
  topic: string;
  type: string;
  value: unknown;
}

const PUBLIC_NAMES: ReadonlySet<string> = new Set(PUBLIC_TOPICS.map(({ topic }) => topic.name));

/**
 * Throws when an event on a public topic is not what its contract declares: an unknown `ce_type`, a field that is missing or of
 * another shape, or one that no contract names, or a flag that is explained nowhere. Other topics are not checked.
 */
export function keepsContract({ topic, type, value }: PublishedEvent): void {
  if (!PUBLIC_NAMES.has(topic)) return;
  declared ??= compileDeclared();
  const validate = declared.get(`${topic} ${type}`);
  if (validate === undefined) throw new Error(`${topic} is not declared to carry ${type}`);
  // as it goes over the wire: undefined fields are not there
  const sent: unknown = JSON.parse(JSON.stringify(value));
  if (!validate(sent)) throw new Error(`${type} breaks its contract: ${JSON.stringify(validate.errors)}\n${JSON.stringify(sent)}`);
  const unexplained = flagsOf(sent).filter((flag) => !(flag in FLAGS));
  if (unexplained.length > 0) throw new Error(`flags that no page explains (libs/contracts/src/flags.ts): ${unexplained.join(', ')}`);
}

/** Compiled with the first event that is checked: most specs check none. */
let declared: ReadonlyMap<string, ValidateFunction> | undefined;

function compileDeclared(): ReadonlyMap<string, ValidateFunction> {
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  addFormats(ajv);
  const compiled = new Map<string, ValidateFunction>();
  for (const { topic, events } of PUBLIC_TOPICS) {
    for (const event of events) {
      const schema = publicSchema(event, 'declared');
      const known = ajv.getSchema((schema as { $id: string }).$id);
      compiled.set(`${topic.name} ${event.type}`, known ?? ajv.compile(schema));
    }
  }
  return compiled;
}

function flagsOf(value: unknown): string[] {
  // a valid value's flags are strings
  return typeof value === 'object' && value !== null && 'flags' in value ? (value.flags as string[]) : [];
}
