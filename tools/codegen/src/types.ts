import { compile } from 'json-schema-to-typescript';
import type { JSONSchema } from 'json-schema-to-typescript';
import { catalogue } from './catalogue';
import type { Schema, VersionSchemas } from './schemas';

/** One module of types per version: every message, every definition, and maps from action to both. */
export async function typesModule(version: VersionSchemas): Promise<string> {
  const messages = Object.fromEntries(version.messages);
  const all: Schema = { definitions: { ...version.definitions, ...messages } };
  // The compiler reads a superset of OCPP's schemas; only its type of `type` is narrower than ours.
  const types = await compile(all as JSONSchema, 'Everything', {
    bannerComment: '',
    additionalProperties: true,
    unreachableDefinitions: true,
    maxItems: -1,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 140 },
  });
  return `${withoutComments(types)}\n${actionMap('Requests', version)}\n${actionMap('Responses', version)}`;
}

function withoutComments(types: string): string {
  return types
    .replace(/\/\*\*[\s\S]*?\*\/\n?/g, '')
    .replace(/export interface Everything \{[\s\S]*?\n\}\n?/, '')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

function actionMap(name: 'Requests' | 'Responses', version: VersionSchemas): string {
  const suffix = name.slice(0, -1);
  const rows = catalogue(version).filter(({ kind }) => suffix === 'Request' || kind === 'call');
  return `export interface ${name} {\n${rows.map(({ action }) => `${action}: ${action}${suffix};`).join('\n')}\n}\n`;
}
