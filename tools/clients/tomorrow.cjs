'use strict';
// Stands before the API and answers as a later version may: each object has a member more. A client that was made from today's description must read it.
const { createServer, request } = require('node:http');
const path = require('node:path');
const { root } = require('../run/prepare.cjs');

const { components } = require(path.join(root, 'docs/reference/openapi.json'));
/** Members that are maps, such as labels: their names are those of users, and a later version adds none. */
const MAPS = new Set(
  Object.values(components.schemas)
    .flatMap(({ properties = {} }) => Object.entries(properties))
    .filter(([, { additionalProperties }]) => typeof additionalProperties === 'object')
    .map(([name]) => name),
);

async function addMembers(apiUrl) {
  const server = createServer((incoming, outgoing) => {
    const { pathname, search } = new URL(incoming.url, apiUrl);
    const { hostname, port } = new URL(apiUrl);
    const forwarded = request(
      { hostname, port, path: `${pathname}${search}`, method: incoming.method, headers: incoming.headers },
      (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => {
          const { 'content-length': _length, 'transfer-encoding': _encoding, ...headers } = answer.headers;
          const body = Buffer.concat(chunks);
          const isJson = /json/.test(headers['content-type'] ?? '') && body.length > 0;
          outgoing.writeHead(answer.statusCode, headers);
          outgoing.end(isJson ? JSON.stringify(withMore(JSON.parse(body.toString('utf8')))) : body);
        });
      },
    );
    incoming.pipe(forwarded);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close().closeAllConnections() };
}

function withMore(value) {
  if (Array.isArray(value)) return value.map(withMore);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, MAPS.has(name) ? member : withMore(member)]);
  return { ...Object.fromEntries(members), addedTomorrow: { some: ['thing', 1, null] } };
}

module.exports = { addMembers };
