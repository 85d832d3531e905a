import { asksForHelp, dataDirOf, helpText, showSettings } from '@voltbus/runtime';
import { DOCTOR, readCliArgs } from './doctor/cli-args';
import { examine } from './doctor/examine';
import { exitCodeOf, report } from './doctor/report';
import { runningSystem } from './doctor/running-system';
import { hiding, writeBundle } from './doctor/support-bundle';
import { SCHEMAS } from './schemas';

const EXIT_USAGE = 64;

async function main(args: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return void process.stdout.write(helpText(DOCTOR));
  const command = readCliArgs(args);
  const running = runningSystem(dataDirOf());
  const settings = showSettings(running.settings);
  const examination = await examine(settings, command.processes ?? running.processes, SCHEMAS);
  const hide = hiding(settings.secrets);
  const findings = examination.findings.map((one) => ({ ...one, message: hide(one.message) }));
  if (command.bundle !== null)
    writeBundle(command.bundle, { settings, examination, logs: command.logs === null ? running.logs : [command.logs] });
  process.stdout.write(command.json ? `${JSON.stringify({ findings }, null, 2)}\n` : report(findings));
  process.exitCode = exitCodeOf(findings);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`doctor: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_USAGE;
});
