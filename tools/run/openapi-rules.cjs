'use strict';
// What no linter has a rule for: a description from which generators make good clients, which read also what a later version answers.
// Each function gives what is wrong, with the place.

/** All that is wrong with a description, a line each. */
function openapiFaults(description) {
  return [...schemaFaults(description), ...opennessFaults(description), ...parameterFaults(description)];
}

const UNPORTABLE = /\\[pPdDwWuU]|\(\?<|\(\?=|\(\?!|\\[bB1-9]/;

/** Faults that a schema has by itself: they hold for every schema of the description. */
function schemaFaults(description) {
  const faults = [];
  const say = (place, fault) => faults.push(`${place}: ${fault}`);
  const named = description.components?.schemas ?? {};
  for (const [name, schema] of Object.entries(named)) {
    for (const [member, value] of Object.entries(schema.properties ?? {}))
      if (!value.description) say(`${name}.${member}`, 'has no description');
    eachSchema(schema, name, (one, place, depth) => ownFaults(one, depth).forEach((fault) => say(place, fault)));
  }
  for (const { place, schema } of usedSchemas(description))
    eachSchema(schema, place, (one, at) => ownFaults(one, 1).forEach((fault) => say(at, fault)));
  return faults;
}

function ownFaults(schema, depth) {
  const faults = [];
  if (depth > 0 && schema.properties !== undefined) faults.push('is an object without a name: give it `.meta({ id })`');
  if ('const' in schema) faults.push('has `const`, which not every generator reads: `enum`');
  if (schema.anyOf !== undefined && !isNullable(schema.anyOf)) faults.push('has an `anyOf` that is more than something or null');
  if (typeof schema.pattern === 'string' && UNPORTABLE.test(schema.pattern))
    faults.push(`has a pattern that not every engine reads: ${schema.pattern}`);
  if ([schema.type].flat().includes('integer') && schema.enum === undefined) {
    const { minimum, maximum, format } = schema;
    if (!Number.isSafeInteger(minimum) || !Number.isSafeInteger(maximum) || !/^int(32|64)$/.test(format))
      faults.push('is an integer without bounds or format');
  }
  return faults;
}

function isNullable(choices) {
  return choices.length === 2 && choices[1].type === 'null';
}

/** Requests are closed at every level, so that a mistyped member is refused; answers are open at every level, so that a member can be added. */
function opennessFaults(description) {
  const faults = new Set();
  for (const { place, schema, answer } of usedSchemas(description))
    eachReachable(description, schema, place, (one, at) => {
      if (answer && one.properties !== undefined && one.additionalProperties !== true)
        faults.add(`${at}: is not open, but an answer has it`);
      if (!answer && one.properties !== undefined && one.additionalProperties !== false) faults.add(`${at}: is open, but a request has it`);
    });
  return [...faults];
}

function parameterFaults(description) {
  return operations(description).flatMap(({ place, operation }) =>
    (operation.parameters ?? [])
      .filter((one) => one.$ref === undefined && !one.description)
      .map((one) => `${place} ${one.name}: has no description`),
  );
}

function operations(description) {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ place: `${method.toUpperCase()} ${path}`, operation })),
  );
}

/** The schemas of bodies, parameters and answers. */
function usedSchemas(description) {
  const contents = (content = {}) => Object.values(content).flatMap(({ schema }) => schema ?? []);
  const named = Object.entries(description.components?.responses ?? {});
  const answers = (place, responses) =>
    responses.flatMap(([status, { content }]) =>
      contents(content).map((schema) => ({ place: `${place} ${status}`, schema, answer: true })),
    );
  return [
    ...operations(description).flatMap(({ place, operation }) => [
      ...contents(operation.requestBody?.content).map((schema) => ({ place: `${place} body`, schema, answer: false })),
      ...(operation.parameters ?? []).flatMap(({ name, schema }) => (schema ? [{ place: `${place} ${name}`, schema, answer: false }] : [])),
      ...answers(place, Object.entries(operation.responses ?? {})),
    ]),
    ...answers('components', named),
  ];
}

/** The schema and those inside of it, without following references. */
function eachSchema(schema, place, see, depth = 0) {
  if (typeof schema !== 'object' || schema === null) return;
  see(schema, place, depth);
  for (const [keyword, value] of Object.entries(schema)) {
    if (['items', 'additionalProperties', 'not'].includes(keyword)) eachSchema(value, `${place}/${keyword}`, see, depth + 1);
    if (['anyOf', 'oneOf', 'allOf', 'prefixItems'].includes(keyword))
      value.forEach((one, at) => eachSchema(one, `${place}/${keyword}/${at}`, see, depth + 1));
    if (keyword === 'properties') for (const [name, one] of Object.entries(value)) eachSchema(one, `${place}.${name}`, see, depth + 1);
  }
}

/** The schema, those inside of it and those that it refers to; each named one once. */
function eachReachable(description, schema, place, see, seen = new Set()) {
  eachSchema(schema, place, (one, at) => {
    see(one, at);
    const name = one.$ref?.split('/').at(-1);
    if (name === undefined || seen.has(name)) return;
    seen.add(name);
    eachReachable(description, description.components?.schemas?.[name], name, see, seen);
  });
}

module.exports = { openapiFaults };
