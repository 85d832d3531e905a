// Receives webhooks of Voltbus: SECRETS=whsec_... npx tsx receive-webhooks.ts
// Only what Node brings is used; the package standardwebhooks does what `verified` does.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

const { SECRETS = '', PORT = '8443' } = process.env;
const TOLERANCE_SECONDS = 300;
/** During a rotation two secrets are valid here as well: separate them by a comma. */
const keys = SECRETS.split(',').map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'));
/** Keep the ids in your database, in the transaction that does the work: a message comes at least once. */
const seen = new Set<string>();

/** `body`: the bytes as they came. What a parser has read and written again has another signature. */
function verified(headers: IncomingHttpHeaders, body: Buffer): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) < TOLERANCE_SECONDS)) return false; // an old message that somebody replays
  const expected = keys.map((key) => createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest());
  return signatures.split(' ').some((signature) => {
    const [version, base64 = ''] = signature.split(',');
    const given = Buffer.from(base64, 'base64');
    return version === 'v1' && expected.some((one) => one.length === given.length && timingSafeEqual(one, given));
  });
}

const server = createServer(async (request, response) => {
  const body = await buffer(request);
  if (!verified(request.headers, body)) return response.writeHead(401).end();
  const id = String(request.headers['webhook-id']);
  if (!seen.has(id)) {
    const event = JSON.parse(body.toString('utf8'));
    process.stdout.write(`${event.type} ${event.subject} ${JSON.stringify(event.data)}\n`); // put it into a queue; do the work later
    seen.add(id);
  }
  return response.writeHead(204).end(); // at once: slow answers are tried again
});
server.listen(Number(PORT), '127.0.0.1', () => process.stdout.write(`listening on ${JSON.stringify(server.address())}\n`));
