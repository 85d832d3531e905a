import { minifySync } from '@swc/core';
import Ajv, { _ } from 'ajv';
import standaloneCode from 'ajv/dist/standalone';
import { catalogue, sentByStations } from './catalogue';
import { inboundSchemas } from './inbound';
import type { Schema, VersionSchemas } from './schemas';

/** Our own ids: with those of the source (`urn:Authorize.req`) ajv's URI resolver throws "URN without nid". */
const BASE = 'https://voltbus.invalid';

/** Keywords of `inbound.ts` that ajv shall carry and ignore. */
const REPAIRS = ['open', 'strictLength', 'anyJson', 'emptyIfMissing'];

/**
 * One CommonJS module per version: `strict` validators for every message, `inbound` ones for what stations send, and
 * `shapes`, the inbound schemas as data, by which repairs are made. Each definition is compiled once and shared.
 */
export function validatorModule(version: VersionSchemas): string {
  const rows = catalogue(version);
  const inbound = inboundSchemas(version);
  const sent = sentByStations(rows);
  const shapes = { definitions: inbound.definitions, messages: Object.fromEntries(sent.map((name) => [name, inbound.messages.get(name)])) };
  return [
    iife('strict', compile(version, [...version.messages.keys()])),
    iife('inbound', compile(inbound, sent)),
    `exports.shapes=JSON.parse(${JSON.stringify(JSON.stringify(shapes))});`,
  ].join('\n');
}

function iife(name: string, code: string): string {
  return `exports.${name}=(()=>{const exports={};${code};return exports})();`;
}

function compile(version: VersionSchemas, names: string[]): string {
  const definitionsId = `${BASE}/${version.protocol}/definitions`;
  const ajv = new Ajv({
    strict: true,
    messages: false,
    inlineRefs: false,
    multipleOfPrecision: 6,
    formats: { 'date-time': true, uri: true },
    code: { source: true, lines: false, formats: _`require("../formats").formats` },
  });
  for (const keyword of REPAIRS) ajv.addKeyword(keyword);
  ajv.addFormat('date-time', () => true);
  ajv.addFormat('uri', () => true);
  ajv.addSchema({ $id: definitionsId, definitions: absolute(version.definitions, definitionsId) });
  const ids: Record<string, string> = {};
  for (const name of names) {
    ids[name] = `${BASE}/${version.protocol}/${name}`;
    ajv.addSchema({ ...absolute(version.messages.get(name), definitionsId), $id: ids[name] });
  }
  return minify(withoutValues(standaloneCode(ajv, ids)));
}

/** `#/definitions/X` -> the version's one module of definitions. */
function absolute<T>(schema: T, definitionsId: string): T {
  // The same schema again, with longer references.
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/definitions/', `"${definitionsId}#/definitions/`)) as T;
}

/** Errors carry keyword and path. The allowed values, and with them copies of the schemas, are left out: nobody prints them. */
function withoutValues(code: string): string {
  const slim = code.replace(/params:\{allowedValues: ?[\w.\[\]"]+\}/g, 'params:{}').replace(/schemaPath:"[^"]*",/g, '');
  if (slim.includes('allowedValues')) throw new Error('ajv writes enum errors in another way than expected');
  return slim;
}

function minify(code: string): string {
  return minifySync(code, { compress: { passes: 2, unused: true }, mangle: { toplevel: true }, module: false, toplevel: true }).code;
}

export type { Schema };
