'use strict';
// Compares two descriptions of the API: what a later one may not do to clients that were made from an earlier one (docs/reference/versioning.md).

/** Each change from `before` to `after` that breaks clients, a line each. */
function breakingChanges(before, after) {
  const found = [];
  const say = (place, change) => found.push(`${place}: ${change}`);
  for (const [path, item] of Object.entries(before.paths))
    for (const [method, operation] of Object.entries(item)) {
      const place = `${method.toUpperCase()} ${path}`;
      const later = after.paths[path]?.[method];
      if (later === undefined) say(place, 'is gone');
      else operationChanges({ before, after, place, say }, operation, later);
    }
  return [...new Set(found)];
}

function operationChanges(context, one, other) {
  const { place, say } = context;
  if (one.operationId !== other.operationId) say(place, `is named ${other.operationId}, was ${one.operationId}`);
  if (JSON.stringify(one.tags) !== JSON.stringify(other.tags)) say(place, 'is in another group');
  if (JSON.stringify(one.security) !== JSON.stringify(other.security)) say(place, 'needs another key or scope');
  parameterChanges(context, one.parameters ?? [], other.parameters ?? []);
  bodyChanges(context, one.requestBody, other.requestBody);
  answerChanges(context, one.responses, other.responses);
}

function parameterChanges({ before, after, place, say }, ones, others) {
  const keyed = (document, list) =>
    new Map(list.map((one) => resolved(document, one)).map((one) => [`${one.in} parameter ${one.name}`, one]));
  const [known, later] = [keyed(before, ones), keyed(after, others)];
  for (const [name, one] of known) {
    const other = later.get(name);
    if (other === undefined) say(place, `${name} is gone`);
    else {
      if (other.required && !one.required) say(place, `${name} is required`);
      if (`${one.style}${one.explode}` !== `${other.style}${other.explode}`) say(place, `${name} is written otherwise`);
      schemaChanges({ before, after, say, answer: false, seen: new Set() }, `${place} ${name}`, one.schema, other.schema);
    }
  }
  for (const [name, other] of later) if (!known.has(name) && other.required) say(place, `${name} is new and required`);
}

function bodyChanges({ before, after, place, say }, one, other) {
  if (other?.required && !one?.required) say(place, 'the body is required');
  contentChanges({ before, after, say, answer: false, seen: new Set() }, `${place} body`, one?.content ?? {}, other?.content ?? {});
}

function answerChanges({ before, after, place, say }, ones, others) {
  for (const [status, one] of Object.entries(ones)) {
    if (others[status] === undefined) {
      say(place, `answers ${status} no longer`);
      continue;
    }
    const [known, later] = [resolved(before, one), resolved(after, others[status])];
    for (const header of Object.keys(known.headers ?? {}))
      if (later.headers?.[header] === undefined) say(`${place} ${status}`, `has no ${header}`);
    contentChanges({ before, after, say, answer: true, seen: new Set() }, `${place} ${status}`, known.content ?? {}, later.content ?? {});
  }
  for (const status of Object.keys(others))
    if (status.startsWith('2') && ones[status] === undefined) say(place, `answers ${status}, which is new`);
}

function contentChanges(context, place, ones, others) {
  for (const [type, { schema }] of Object.entries(ones)) {
    if (others[type] === undefined) context.say(place, `${type} is gone`);
    else schemaChanges(context, place, schema, others[type].schema);
  }
}

/** `answer`: clients read it, and it may not widen; else they write it, and it may not narrow. */
function schemaChanges(context, place, one, other) {
  if (nameOf(one) !== nameOf(other)) context.say(place, `is of the type ${nameOf(other)}, was ${nameOf(one)}`);
  const name = nameOf(one);
  if (name !== undefined && context.seen.has(name)) return;
  context.seen.add(name);
  const [known, later] = [resolved(context.before, one), resolved(context.after, other)];
  const at = name ?? place;
  typeChanges(context, at, known, later);
  boundChanges(context, at, known, later);
  memberChanges(context, at, known, later);
  for (const keyword of ['items', 'additionalProperties'])
    if (isSchema(known[keyword]) && isSchema(later[keyword])) schemaChanges(context, `${at}/${keyword}`, known[keyword], later[keyword]);
  for (const keyword of ['anyOf', 'oneOf']) choiceChanges(context, `${at}/${keyword}`, known[keyword] ?? [], later[keyword] ?? []);
}

function typeChanges({ say, answer }, place, one, other) {
  const [known, later] = [[one.type].flat(), [other.type].flat()];
  const types = answer ? later.filter((type) => !known.includes(type)) : known.filter((type) => !later.includes(type));
  if (types.length > 0) say(place, answer ? `may be ${types}, which is new` : `may no longer be ${types}`);
  if (one.format !== other.format) say(place, `has the format ${other.format}, had ${one.format}`);
  const [from, to] = [one.enum, other.enum];
  const values = answer
    ? (to ?? []).filter((value) => from !== undefined && !from.includes(value))
    : (from ?? []).filter((value) => to !== undefined && !to.includes(value));
  if (values.length > 0) say(place, answer ? `may be ${values}, which is new` : `may no longer be ${values}`);
  if (!answer && from === undefined && to !== undefined) say(place, 'is a choice now');
  if (answer && from !== undefined && to === undefined) say(place, 'is a choice no longer');
}

/** Keywords of which a larger value lets less through, and those of which a smaller one does. */
const LOWER = ['minimum', 'minLength', 'minItems'];
const UPPER = ['maximum', 'maxLength', 'maxItems'];

function boundChanges({ say, answer }, place, one, other) {
  if (answer) return; // a client that checks the bounds of answers is not promised anything
  for (const keyword of LOWER)
    if ((other[keyword] ?? -Infinity) > (one[keyword] ?? -Infinity)) say(place, `${keyword} is raised to ${other[keyword]}`);
  for (const keyword of UPPER)
    if ((other[keyword] ?? Infinity) < (one[keyword] ?? Infinity)) say(place, `${keyword} is lowered to ${other[keyword]}`);
  if (other.pattern !== undefined && other.pattern !== one.pattern) say(place, 'has another pattern');
}

function memberChanges(context, place, one, other) {
  const { say, answer } = context;
  const [needed, stillNeeded] = [one.required ?? [], other.required ?? []];
  for (const [name, member] of Object.entries(one.properties ?? {})) {
    const later = other.properties?.[name];
    if (later === undefined) say(place, `${name} is gone`);
    else schemaChanges(context, `${place}.${name}`, member, later);
    if (later !== undefined && answer && needed.includes(name) && !stillNeeded.includes(name)) say(place, `${name} may be absent`);
  }
  if (!answer) for (const name of stillNeeded) if (!needed.includes(name)) say(place, `${name} is required`);
  if (answer && one.additionalProperties !== false && other.additionalProperties === false) say(place, 'is closed');
}

function choiceChanges(context, place, ones, others) {
  if (!context.answer && others.length < ones.length) context.say(place, 'has fewer choices');
  if (context.answer && others.length > ones.length && ones.length > 0) context.say(place, 'has more choices');
  ones.slice(0, others.length).forEach((one, at) => schemaChanges(context, `${place}/${at}`, one, others[at]));
}

function isSchema(value) {
  return typeof value === 'object' && value !== null;
}

function nameOf(schema) {
  return schema?.$ref?.split('/').at(-1);
}

function resolved(document, one) {
  if (one?.$ref === undefined) return one ?? {};
  return (
    one.$ref
      .split('/')
      .slice(1)
      .reduce((at, step) => at?.[step], document) ?? {}
  );
}

module.exports = { breakingChanges };
