// Follows the events of a tenant, and resumes at the last one after a lost connection: node follow-events.mjs transaction,cdr
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const api = process.env.API ?? 'http://127.0.0.1:8080';
const key = process.env.KEY ?? readFileSync('.voltbus/admin-key', 'utf8').trim();
const types = process.argv[2] ?? 'station,transaction,cdr,command';

let lastId = null;
let retryMs = 3_000;

/** Parses one event: the lines up to the empty line. */
function handle(lines) {
  const event = { type: 'message', data: '' };
  for (const line of lines) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === 'id') lastId = value;
    else if (field === 'retry') retryMs = Number(value);
    else if (field === 'event') event.type = value;
    else if (field === 'data') event.data += value;
  }
  if (event.data === '') return; // a comment, or the place where the stream begins
  if (event.type === 'gap') console.log('gap: read again what you show', event.data);
  else console.log(event.type, event.data);
}

async function follow() {
  const headers = { authorization: `Bearer ${key}`, ...(lastId === null ? {} : { 'last-event-id': lastId }) };
  const response = await fetch(`${api}/v1/events?types=${types}`, { headers });
  if (!response.ok) {
    const problem = await response.text();
    // 429 and 5xx are temporary; any other refusal needs a change here.
    if (response.status !== 429 && response.status < 500) throw new Error(problem);
    retryMs = Number(response.headers.get('retry-after') ?? 3) * 1_000;
    return;
  }
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) handle(event.split('\n'));
  }
}

for (;;) {
  try {
    await follow();
  } catch (error) {
    if (error.message.startsWith('{')) throw error;
    console.error(`the stream ended: ${error.message}`);
  }
  await pause(retryMs);
}
