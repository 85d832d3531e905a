import { resolve } from 'node:path';
import { ConfigError, DataFolder, asksForHelp, helpText, readSettings, type Settings } from '@voltbus/runtime';
import { StackRuns, sendControl, serveControl } from './control';
import { Stack, controlFile } from './stack';
import { STACK, readCliArgs, type StackCommand } from './cli-args';

const EXIT_CONFIG = 78;

const log = (text: string): void => void process.stderr.write(`stack: ${text}\n`);

async function main(): Promise<void> {
  if (asksForHelp(process.argv.slice(2))) return void process.stdout.write(helpText(STACK));
  const command = readCommand();
  const settings = readSettings(process.env, 'standalone', 'standalone'); // as in standalone, every setting has a default
  if (command.do === 'start') return run(command, settings);
  const control = controlFile(new DataFolder(resolve(settings.DATA_DIR)));
  await sendControl(control, command.do === 'restart' ? ['restart', command.name] : ['stop']);
}

function readCommand(): StackCommand {
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
  const closeControl = await serveControl(controlFile(folder), async ([command, name]) => {
    if (stack === null) throw new Error('the stack is still starting');
    if (command === 'restart' && name !== undefined) return stack.restart(name);
    if (command !== 'stop') throw new Error(`unknown command ${command}`);
    void leave(stack);
    return stop(stack);
  });
  const started = (stack = await Stack.start({ ...ports, folder, settings, environment: process.env, log }));
  process.once('exit', () => started.kill());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void leave(started));
  const urls = `stations: ${started.ocppUrls.join('  ')}  API: ${started.apiUrl}`;
  const [key, facts] = [settings.ADMIN_KEY === '' ? folder.file('admin-key') : 'as given', folder.file('stack.json')];
  process.stdout.write(`ready  ${urls}  administrator's key: ${key}  facts: ${facts}\n`);
}

main().catch((error: unknown) => {
  const wrong = error instanceof ConfigError || error instanceof StackRuns;
  log(error instanceof Error ? error.message : String(error));
  process.exit(wrong ? EXIT_CONFIG : 1);
});
