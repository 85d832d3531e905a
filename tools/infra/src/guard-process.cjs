'use strict';
// Ends what its parent started and left behind, however the parent died (kill -9 too). Lines `+pid` and `-pid` come on standard input,
// whose end is the parent's.
const PATIENCE_MS = 15_000;
const LOOK_MS = 100;

const pids = new Set();
let rest = '';

process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  for (const line of lines) pids[line[0] === '+' ? 'add' : 'delete'](Number(line.slice(1)));
});
process.stdin.on('close', () => {
  for (const pid of pids) for (const signal of ['SIGINT', 'SIGCONT']) send(pid, signal); // one that was paused must hear it
  const end = Date.now() + PATIENCE_MS;
  const timer = setInterval(() => {
    const alive = [...pids].filter((pid) => send(pid, 0));
    if (Date.now() > end) for (const pid of alive) send(pid, 'SIGKILL');
    if (alive.length === 0 || Date.now() > end) clearInterval(timer);
  }, LOOK_MS);
});

function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // gone
  }
}
