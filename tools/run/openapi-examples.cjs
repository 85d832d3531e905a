'use strict';
// The examples of the API's description: whether each operation has them, and whether they are what their schemas say.
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;

/** Problems that are not recorded: those that no client can cause, and those of what never became a request. */
const NOT_RECORDED = ['Internal', 'Unavailable', 'RequestTimeout', 'RequestHeadersTooLarge'];
/** Keys of the API and of webhooks as they are made. Those of examples are shorter, and say that they are none. */
const SECRET = /vbk_[0-9a-f]{16}_[A-Za-z0-9_-]{40,}|whsec_[A-Za-z0-9+/=]{30,}/;

/** All that is wrong with the examples of a description, a line each. */
function exampleFaults(description) {
  return [...missingExamples(description), ...wrongExamples(description)];
}

function missingExamples({ paths, components = {} }) {
  const faults = [];
  for (const { place, operation } of operationsOf(paths)) {
    const { requestBody, responses = {}, parameters = [] } = operation;
    const answers = Object.entries(responses)
      .filter(([status, { content }]) => status.startsWith('2') && content !== undefined)
      .map(([, answer]) => answer);
    if (answers.length > 0 && !answers.some(hasExample)) faults.push(`${place}: has no example of an answer: npm run docs:examples`);
    if (requestBody !== undefined && !hasExample(requestBody)) faults.push(`${place}: has no example of a body: npm run docs:examples`);
    for (const { name, ...one } of parameters)
      if (one.in === 'path' && !('example' in one)) faults.push(`${place} ${name}: has no example: npm run docs:examples`);
  }
  for (const [name, response] of Object.entries(components.responses ?? {}))
    if (!NOT_RECORDED.includes(name) && !hasExample(response)) faults.push(`the problem ${name}: has no example: npm run docs:examples`);
  return faults;
}

function hasExample({ content = {} }) {
  return Object.values(content).some((one) => 'example' in one);
}

/** Examples that their schemas refuse; a member that the schema of an answer does not name is one too, but for those of problems. */
function wrongExamples(description) {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats(ajv);
  const { Problem } = description.components?.schemas ?? {};
  const closed = closedAnswers(withoutExamples(description));
  if (Problem !== undefined) closed.components.schemas.Problem = Problem;
  ajv.addSchema(closed, 'description');
  return placesWithExamples(description).flatMap(({ pointer, example }) => {
    const place = pointer.map(unescaped).join(' ');
    const faults = SECRET.test(JSON.stringify(example)) ? [`${place}: the example has a secret`] : [];
    const isRight = ajv.compile({ $ref: `description#/${[...pointer, 'schema'].map(encodeURIComponent).join('/')}` });
    if (isRight(example)) return faults;
    return [...faults, `${place}: the example is not as its schema says: ${ajv.errorsText(isRight.errors, { dataVar: 'example' })}`];
  });
}

/** Every parameter and media type with an example: its JSON pointer, in parts, and the example. */
function placesWithExamples(node, pointer = []) {
  if (typeof node !== 'object' || node === null) return [];
  if ('schema' in node && 'example' in node) return [{ pointer, example: node.example }];
  return Object.entries(node).flatMap(([name, one]) =>
    placesWithExamples(one, [...pointer, name.replaceAll('~', '~0').replaceAll('/', '~1')]),
  );
}

/** What stands in an example is no schema. */
function withoutExamples(node) {
  if (Array.isArray(node)) return node.map(withoutExamples);
  if (typeof node !== 'object' || node === null) return node;
  const isHolder = 'schema' in node && 'example' in node;
  const members = Object.entries(node).filter(([name]) => !(isHolder && name === 'example'));
  return Object.fromEntries(members.map(([name, one]) => [name, withoutExamples(one)]));
}

/** An answer is open, because a later version adds members; of this version, another member is a mistake. */
function closedAnswers(node) {
  if (Array.isArray(node)) return node.map(closedAnswers);
  if (typeof node !== 'object' || node === null) return node;
  const closed = Object.fromEntries(Object.entries(node).map(([name, one]) => [name, closedAnswers(one)]));
  return closed.additionalProperties === true && closed.properties !== undefined ? { ...closed, additionalProperties: false } : closed;
}

function operationsOf(paths) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ place: `${method.toUpperCase()} ${path}`, operation })),
  );
}

function unescaped(part) {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

module.exports = { exampleFaults };
