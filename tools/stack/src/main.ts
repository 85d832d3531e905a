import { resolve } from 'node:path';
import { ConfigError, DataFolder, asksForHelp, helpText, readSettings, type Settings } from '@voltbus/runtime';
import { StackRuns, sendControl, serveControl } from './control';
import { Stack, controlFile } from './stack';
import { STACK, readCliArgs, type StackCommand } from './cli-args';

const EXIT_CONFIG = 78;

const say = (text: string): void => void process.stderr.write(`stack: ${text}\n`);

async function main(): Promise<void> {
  if (asksForHelp(process.argv.slice(2))) return void process.stdout.write(helpText(STACK));
  const wish = wished();
  const settings = readSettings(process.env, 'standalone', 'standalone'); // as there, everything has a default on this machine
  if (wish.do === 'start') return run(wish, settings);
  const control = controlFile(new DataFolder(resolve(settings.DATA_DIR)));
  await sendControl(control, wish.do === 'restart' ? ['restart', wish.name] : ['stop']);
}

function wished(): StackCommand {
  try {
    return readCliArgs(process.argv.slice(2));
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)]);
  }
}

async function run(ports: Extract<StackCommand, { do: 'start' }>, settings: Settings): Promise<void> {
  const folder = new DataFolder(resolve(settings.DATA_DIR));
  let stack: Stack | null = null;
  let stopping: Promise<void> | null = null;
  const stop = (running: Stack): Promise<void> => (stopping ??= running.stop());
  const leave = async (running: Stack): Promise<never> => {
    await stop(running);
    await closeControl();
    process.exit(0);
  };
  const closeControl = await serveControl(controlFile(folder), async ([order, name]) => {
    if (stack === null) throw new Error('the stack is still starting');
    if (order === 'restart' && name !== undefined) return stack.restart(name);
    if (order !== 'stop') throw new Error(`unknown order ${order}`);
    void leave(stack);
    return stop(stack);
  });
  const started = (stack = await Stack.start({ ...ports, folder, settings, environment: process.env, say }));
  process.once('exit', () => started.kill());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void leave(started));
  const urls = `stations: ${started.ocppUrls.join('  ')}  API: ${started.apiUrl}`;
  const [key, facts] = [settings.ADMIN_KEY === '' ? folder.file('admin-key') : 'as given', folder.file('stack.json')];
  process.stdout.write(`ready  ${urls}  administrator's key: ${key}  facts: ${facts}\n`);
}

main().catch((error: unknown) => {
  const wrong = error instanceof ConfigError || error instanceof StackRuns;
  say(error instanceof Error ? error.message : String(error));
  process.exit(wrong ? EXIT_CONFIG : 1);
});
