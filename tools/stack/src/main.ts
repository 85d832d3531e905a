import { sendOrder, takeOrders } from './control';
import { Stack, controlFile } from './stack';
import { readWords, type Wish } from './words';

const EXIT_CONFIG = 78;
const DATA_DIR = process.env['VOLTBUS_DATA_DIR'] ?? '.voltbus';

async function main(): Promise<void> {
  const wish = wished();
  if (wish.do === 'restart') return sendOrder(controlFile(DATA_DIR), ['restart', wish.name]);
  if (wish.do === 'stop') return sendOrder(controlFile(DATA_DIR), ['stop']);
  await run(wish);
}

function wished(): Wish {
  try {
    return readWords(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`stack: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(EXIT_CONFIG);
  }
}

async function run({ gateways, httpPort, ocppPort }: Extract<Wish, { do: 'start' }>): Promise<void> {
  const say = (text: string): void => void process.stderr.write(`stack: ${text}\n`);
  const stack = await Stack.start({ dataDir: DATA_DIR, gateways, httpPort, ocppPort, environment: process.env, say });
  process.once('exit', () => stack.kill());
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= stack.stop().then(() => closeControl()));
  const closeControl = await takeOrders(controlFile(DATA_DIR), async ([order, name]) => {
    if (order === 'restart' && name !== undefined) return stack.restart(name);
    if (order === 'stop') return void setImmediate(() => void stop().then(() => process.exit(0)));
    throw new Error(`unknown order ${order}`);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop().then(() => process.exit(0)));
  process.stdout.write(
    `ready  ${stack.ocppUrls.join('  ')}  ${stack.apiUrl}  administrator's key: ${DATA_DIR}/admin-key  facts: ${DATA_DIR}/stack.json\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`stack: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
