import { minifySync } from '@swc/core';
import Ajv, { _ } from 'ajv';
import standaloneCode from 'ajv/dist/standalone';
import { catalogue, sentByStations } from './catalogue';
import { inboundSchemas } from './inbound';
import { exactSchemas } from './exact';
import type { VersionSchemas } from './schemas';

/** Our own ids: with those of the source (`urn:Authorize.req`) ajv's URI resolver throws "URN without nid". */
const BASE = 'https://voltbus.invalid';

/** Keywords of `inbound.ts` that ajv ignores. */
const HINTS = ['open', 'anyJson', 'emptyIfMissing', 'mayLack', 'limit', 'strictLength', 'strictMaximum', 'strictMultipleOf', 'strictItems'];

/**
 * One CommonJS module per version: `strict` validators for every message, `inbound` ones for what stations send, and
 * `shapes`, the inbound schemas as data, by which repairs are made. Each definition is compiled once per kind and shared.
 *
 * Messages that only we send are validated to the end, as an operator wants all wrong paths of a command. Those of stations are validated up to
 * the first error, as one frame could otherwise be made to fill the memory with errors.
 */
export function validatorModule(version: VersionSchemas): string {
  const inbound = inboundSchemas(version);
  const exact = exactSchemas(version);
  const sent = sentByStations(catalogue(version));
  const ours = [...version.messages.keys()].filter((name) => !sent.includes(name));
  const shapes = { definitions: inbound.definitions, messages: Object.fromEntries(sent.map((name) => [name, inbound.messages.get(name)])) };
  return [
    `exports.strict={...${scoped(compile(exact, sent, 'first error'))},...${scoped(compile(exact, ours, 'all errors'))}};`,
    `exports.inbound=${scoped(compile(inbound, sent, 'first error'))};`,
    `exports.shapes=JSON.parse(${JSON.stringify(JSON.stringify(shapes))});`,
  ].join('\n');
}

function scoped(code: string): string {
  return `(()=>{const exports={};${code};return exports})()`;
}

function compile(version: VersionSchemas, names: string[], until: 'first error' | 'all errors'): string {
  const definitionsId = `${BASE}/${version.protocol}/definitions`;
  const ajv = new Ajv({
    strict: true,
    allErrors: until === 'all errors',
    messages: false,
    inlineRefs: false,
    multipleOfPrecision: 6,
    formats: { 'date-time': true, uri: true }, // only named here: the generated code requires our own
    code: { source: true, lines: false, formats: _`require("../formats").formats` },
  });
  for (const keyword of HINTS) ajv.addKeyword(keyword);
  ajv.addFormat('date-time', () => true);
  ajv.addFormat('uri', () => true);
  ajv.addSchema({ $id: definitionsId, definitions: absolute(version.definitions, definitionsId) });
  const ids: Record<string, string> = {};
  for (const name of names) {
    ids[name] = `${BASE}/${version.protocol}/${name}`;
    ajv.addSchema({ ...absolute(version.messages.get(name), definitionsId), $id: ids[name] });
  }
  return minify(slim(standaloneCode(ajv, ids), until === 'all errors'));
}

/** Makes references `#/definitions/X` absolute, into the version's one schema of definitions. */
function absolute<T>(schema: T, definitionsId: string): T {
  // The text is the same schema with longer references.
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/definitions/', `"${definitionsId}#/definitions/`)) as T;
}

/**
 * Removes from the errors the path in the schema, and the parents, which only unused keywords read. Keyword, path and limit remain. The allowed values,
 * and with them copies of the schemas, remain where an operator reads them.
 */
function slim(code: string, keepsAllowed: boolean): string {
  const slimmed = (keepsAllowed ? code : code.replace(/params:\{allowedValues: ?[\w.[\]"]+\}/g, 'params:{}'))
    .replace(/schemaPath:"[^"]*",/g, '')
    .replace(/, ?parentData, ?parentDataProperty, ?rootData=data(?=\}=\{\}\))/g, '')
    .replace(/,parentData:[\w$]+,parentDataProperty:[^,}]+,rootData(?=\})/g, '');
  const left = [...(keepsAllowed ? [] : ['allowedValues']), 'schemaPath', 'parentData'].filter((word) => slimmed.includes(word));
  if (left.length > 0) throw new Error(`ajv writes its code differently than expected: ${left.join(', ')} left in it`);
  return slimmed;
}

function minify(code: string): string {
  return minifySync(code, { compress: { passes: 2, unused: true }, mangle: { toplevel: true }, module: false, toplevel: true }).code;
}
